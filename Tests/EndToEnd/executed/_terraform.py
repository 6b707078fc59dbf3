"""Holds Terraform for AWS against the provider's documentation: known and required arguments, and references.

The lists are those of the provider's pages (website/docs/r), as far as the patterns use them: `!` marks a required
argument, a dict is a block.
"""

from __future__ import annotations

import re

_SECURITY_RULE = {
    "security_group_id": "!", "ip_protocol": "!", "cidr_ipv4": "", "cidr_ipv6": "", "referenced_security_group_id": "",
    "prefix_list_id": "", "from_port": "", "to_port": "", "description": "", "tags": "",
}  # fmt: skip

ARGUMENTS = {
    "aws_security_group": {
        "name": "", "name_prefix": "", "description": "", "vpc_id": "", "tags": "", "revoke_rules_on_delete": "",
    },
    "aws_vpc_security_group_ingress_rule": _SECURITY_RULE,
    "aws_vpc_security_group_egress_rule": _SECURITY_RULE,
    "aws_lb": {
        "name": "", "name_prefix": "", "internal": "", "load_balancer_type": "", "security_groups": "", "subnets": "!",
        "enable_deletion_protection": "", "drop_invalid_header_fields": "", "idle_timeout": "", "enable_http2": "",
        "ip_address_type": "", "tags": "",
    },
    "aws_lb_target_group": {
        "name": "", "name_prefix": "", "port": "!", "protocol": "!", "vpc_id": "!", "target_type": "",
        "protocol_version": "", "deregistration_delay": "", "slow_start": "", "load_balancing_algorithm_type": "",
        "tags": "",
        "health_check": {
            "enabled": "", "healthy_threshold": "", "unhealthy_threshold": "", "interval": "", "timeout": "",
            "matcher": "", "path": "!", "port": "", "protocol": "",
        },
    },
    "aws_lb_listener": {
        "load_balancer_arn": "!", "port": "", "protocol": "", "ssl_policy": "", "certificate_arn": "", "tags": "",
        "default_action": {
            "": "!", "type": "!", "target_group_arn": "", "order": "",
            "redirect": {"status_code": "!", "host": "", "path": "", "port": "", "protocol": "", "query": ""},
            "fixed_response": {"content_type": "!", "message_body": "", "status_code": ""},
        },
    },
    "aws_launch_template": {
        "name": "", "name_prefix": "", "image_id": "", "instance_type": "", "vpc_security_group_ids": "",
        "user_data": "", "update_default_version": "", "ebs_optimized": "",
        "iam_instance_profile": {"name": "", "arn": ""},
        "metadata_options": {
            "http_endpoint": "", "http_tokens": "", "http_put_response_hop_limit": "", "instance_metadata_tags": "",
        },
        "monitoring": {"enabled": ""},
    },
    "aws_autoscaling_group": {
        "name": "", "name_prefix": "", "min_size": "!", "max_size": "!", "desired_capacity": "",
        "vpc_zone_identifier": "", "target_group_arns": "", "health_check_type": "", "health_check_grace_period": "",
        "default_instance_warmup": "", "enabled_metrics": "", "termination_policies": "",
        "launch_template": {"": "!", "id": "", "name": "", "version": ""},
        "instance_refresh": {
            "strategy": "!", "triggers": "",
            "preferences": {
                "min_healthy_percentage": "", "max_healthy_percentage": "", "instance_warmup": "", "auto_rollback": "",
                "skip_matching": "",
            },
        },
        "tag": {"key": "!", "value": "!", "propagate_at_launch": "!"},
    },
    "aws_autoscaling_policy": {
        "name": "!", "autoscaling_group_name": "!", "policy_type": "", "estimated_instance_warmup": "",
        "target_tracking_configuration": {
            "target_value": "!", "disable_scale_in": "",
            "predefined_metric_specification": {"predefined_metric_type": "!", "resource_label": ""},
        },
    },
    "aws_cloudwatch_metric_alarm": {
        "alarm_name": "!", "comparison_operator": "!", "evaluation_periods": "!", "threshold": "!", "metric_name": "",
        "namespace": "", "period": "", "statistic": "", "extended_statistic": "", "datapoints_to_alarm": "",
        "dimensions": "", "alarm_description": "", "alarm_actions": "", "ok_actions": "",
        "insufficient_data_actions": "", "treat_missing_data": "", "evaluate_low_sample_count_percentiles": "",
        "actions_enabled": "", "unit": "", "tags": "",
        "metric_query": {
            "id": "!", "expression": "", "label": "", "return_data": "", "period": "",
            "metric": {
                "metric_name": "!", "namespace": "!", "period": "!", "stat": "!", "dimensions": "", "unit": "",
            },
        },
    },
}  # fmt: skip
META = {"count", "for_each", "depends_on", "lifecycle", "provider"}
EXPORTED = {
    "aws_security_group": {"id", "arn"},
    "aws_lb": {"id", "arn", "arn_suffix", "dns_name", "zone_id"},
    "aws_lb_target_group": {"id", "arn", "arn_suffix", "name"},
    "aws_lb_listener": {"id", "arn"},
    "aws_launch_template": {"id", "arn", "latest_version", "default_version"},
    "aws_autoscaling_group": {"id", "arn", "name"},
    "aws_autoscaling_policy": {"arn"},
    "aws_cloudwatch_metric_alarm": {"id", "arn"},
}


class Module:
    """A folder of Terraform: .resources by type and name, .variables, .outputs."""

    def __init__(self, hcl, *texts: str):
        self.resources: dict[tuple[str, str], dict] = {}
        self.variables: dict[str, dict] = {}
        self.outputs: dict[str, dict] = {}
        for text in texts:
            parsed = hcl.parse(text)
            assert set(parsed) <= {"variable", "resource", "output"}, sorted(parsed)
            for one in parsed.get("resource", []):
                for kind, named in one.items():
                    for name, body in named.items():
                        assert (kind, name) not in self.resources, f"{kind}.{name} twice"
                        self.resources[kind, name] = body
            for word, target in (("variable", self.variables), ("output", self.outputs)):
                for one in parsed.get(word, []):
                    assert not set(one) & set(target), f"{word} {sorted(one)} twice"
                    target.update(one)
        for (kind, name), body in self.resources.items():
            assert kind in ARGUMENTS, f"{kind} is not in the lists"
            _arguments(f"{kind}.{name}", body, ARGUMENTS[kind])
        self._references()

    def one(self, kind: str, name: str | None = None) -> dict:
        """The only resource of a kind, or the one of that name."""
        found = [body for (k, n), body in self.resources.items() if k == kind and name in (None, n)]
        assert len(found) == 1, f"{len(found)} of {kind} {name or ''}"
        return found[0]

    def _references(self):
        used = set()
        for text in _texts([self.resources, self.outputs, self.variables]):
            for expression in re.findall(r"\$\{(.*?)\}(?!\})", text, re.S):
                for first, second, third in re.findall(r"\b(var|local|data|aws_\w+)\.(\w+)(?:\[[^]]*\])?(?:\.(\w+))?", expression):
                    if first == "var":
                        assert second in self.variables, f"there is no variable {second}: {expression}"
                        used.add(second)
                        continue
                    assert (first, second) in self.resources, f"there is no {first}.{second}: {expression}"
                    assert third in EXPORTED[first], f"{first} gives no {third}: {expression}"
        for _, condition in self.variables.items():
            assert "type" in condition, "a variable without a type"
        unused = set(self.variables) - used
        assert not unused, f"nothing uses {', '.join(sorted(unused))}"


def blocks(body: dict, name: str) -> list[dict]:
    return body.get(name, [])


def _arguments(where: str, body: dict, known: dict):
    for name, value in body.items():
        if name in META:
            continue
        assert name in known, f"{where}: the provider knows no {name}"
        if isinstance(known[name], dict):
            for block in value:
                _arguments(f"{where}.{name}", block, known[name])
    for name, need in known.items():
        required = need == "!" or (isinstance(need, dict) and need.get("") == "!")
        assert not name or not required or name in body, f"{where} has no {name}"


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
