"""What the page load-balanced-scaling-group claims, as far as its text tells: everything the provider asks for is there,
every reference leads somewhere, and the figures are those of the knowledge base."""

from __future__ import annotations

from executed._knowledge import threshold
from executed._terraform import Module, blocks

NEEDS = {"hcl"}


def scenario(page, tools):
    names = ("variables.tf", "network.tf", "balancer.tf", "group.tf")
    module = Module(tools.hcl, *(page[name] for name in names))

    group = module.one("aws_autoscaling_group")
    assert group["min_size"] == threshold("min-instances")
    assert "desired_capacity" not in group, "the policy and the file would fight over it"
    assert group["health_check_type"] == "ELB" and group["health_check_grace_period"] == 300
    assert group["target_group_arns"] == ["${aws_lb_target_group.service.arn}"]
    (template,) = blocks(group, "launch_template")
    assert template["version"] == "${aws_launch_template.service.latest_version}", "a refresh would not start"
    (refresh,) = blocks(group, "instance_refresh")
    assert refresh["strategy"] == "Rolling" and refresh["preferences"][0]["min_healthy_percentage"] == 100

    policy = module.one("aws_autoscaling_policy")
    assert policy["policy_type"] == "TargetTrackingScaling"
    (tracking,) = blocks(policy, "target_tracking_configuration")
    assert tracking["target_value"] == 100 * threshold("cpu-scale-out")
    assert tracking["predefined_metric_specification"][0]["predefined_metric_type"] == "ASGAverageCPUUtilization"

    # At least two zones, whatever is given.
    for name, variable in (("private_subnet_ids", "vpc_zone_identifier"), ("public_subnet_ids", "subnets")):
        holder = group if variable == "vpc_zone_identifier" else module.one("aws_lb")
        assert holder[variable] == f"${{var.{name}}}"
        (validation,) = module.variables[name]["validation"]
        assert f"length(distinct(var.{name})) >= 2" in validation["condition"]
    (validation,) = module.variables["max_size"]["validation"]
    assert f">= {threshold('min-instances')}" in validation["condition"]

    the_balancer_takes_tls_alone(module)
    the_target_group_asks_for_readiness(module)
    only_the_balancer_reaches_the_instances(module)

    launched = module.one("aws_launch_template")
    (metadata,) = blocks(launched, "metadata_options")
    assert metadata["http_tokens"] == "required" and metadata["http_put_response_hop_limit"] == 1
    assert blocks(launched, "monitoring") == [{"enabled": True}], "CPU every five minutes is too late"
    assert set(module.outputs) >= {"autoscaling_group_name", "load_balancer_suffix", "target_group_suffix"}


def the_balancer_takes_tls_alone(module):
    balancer = module.one("aws_lb")
    assert balancer["load_balancer_type"] == "application"
    assert balancer["enable_deletion_protection"] is True and balancer["drop_invalid_header_fields"] is True
    secure = module.one("aws_lb_listener", "https")
    assert (secure["port"], secure["protocol"]) == (443, "HTTPS")
    assert secure["certificate_arn"] == "${var.certificate_arn}"
    # TLS 1.3 with 1.2 as the floor: the name's second part is the highest, the third the lowest version.
    assert secure["ssl_policy"].startswith("ELBSecurityPolicy-TLS13-1-2-"), secure["ssl_policy"]
    (forward,) = blocks(secure, "default_action")
    assert (forward["type"], forward["target_group_arn"]) == ("forward", "${aws_lb_target_group.service.arn}")
    plain = [body for (kind, _), body in module.resources.items() if kind == "aws_lb_listener" and body is not secure]
    for listener in plain:
        assert listener["count"] == "${var.redirect_http ? 1 : 0}"
        (action,) = blocks(listener, "default_action")
        assert action["type"] == "redirect" and action["redirect"][0]["protocol"] == "HTTPS", "plaintext is served"
        assert action["redirect"][0]["status_code"] == "HTTP_301"
    assert module.variables["redirect_http"]["default"] is False


def the_target_group_asks_for_readiness(module):
    target = module.one("aws_lb_target_group")
    (check,) = blocks(target, "health_check")
    assert check["path"] == "/health/ready" and check["matcher"] == "200"
    assert check["protocol"] == target["protocol"] == "HTTPS"
    # The provider's ranges.
    assert 5 <= check["interval"] <= 300 and 2 <= check["timeout"] < check["interval"]
    assert 2 <= check["healthy_threshold"] <= 10 and 2 <= check["unhealthy_threshold"] <= 10
    assert 30 <= target["deregistration_delay"] <= 300, "requests of half a minute would be cut off"


def only_the_balancer_reaches_the_instances(module):
    port = module.one("aws_lb_target_group")["port"]
    into = [body for (kind, _), body in module.resources.items() if kind == "aws_vpc_security_group_ingress_rule"
            and body["security_group_id"] == "${aws_security_group.service.id}"]  # fmt: skip
    assert len(into) == 1
    assert into[0].get("referenced_security_group_id") == "${aws_security_group.balancer.id}" and "cidr_ipv4" not in into[0]
    out = module.one("aws_vpc_security_group_egress_rule", "to_service")
    for rule in (into[0], out):
        assert (rule["ip_protocol"], rule["from_port"], rule["to_port"]) == ("tcp", port, port)
    assert module.one("aws_launch_template")["vpc_security_group_ids"] == ["${aws_security_group.service.id}"]
    assert module.one("aws_lb")["security_groups"] == ["${aws_security_group.balancer.id}"]
    for (kind, name), rule in module.resources.items():
        if kind.startswith("aws_vpc_security_group"):
            sources = {"cidr_ipv4", "cidr_ipv6", "referenced_security_group_id", "prefix_list_id"} & set(rule)
            assert len(sources) == 1, f"{name} has {len(sources)} sources"


FAULTS = [
    ("group.tf", "min_size                  = 2", "min_size                  = 1", "one instance is a single point of failure"),
    ("group.tf", "target_value = 60", "target_value = 80", "the figure is not the rule's"),
    ("group.tf", "aws_launch_template.service.latest_version", '"$Latest"', "no refresh starts"),
    ("group.tf", "health_check_grace_period", "health_check_grace", "the provider knows no such argument"),
    ("group.tf", "aws_autoscaling_group.service.name", "aws_autoscaling_group.services.name", "a reference that leads nowhere"),
    ("balancer.tf", "enable_deletion_protection = true", "enable_deletion_protection = false", "one plan deletes the entrance"),
    ("balancer.tf", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "ELBSecurityPolicy-2016-08", "TLS 1.0"),
    ("balancer.tf", "/health/ready", "/health/live", "traffic to instances that are not ready"),
    ("balancer.tf", 'protocol          = "HTTP"', 'protocol          = "HTTP"\n  ssl_policy        = var.tls_policy',
     "a variable that is not declared"),
    ("network.tf", "referenced_security_group_id = aws_security_group.balancer.id", 'cidr_ipv4 = "0.0.0.0/0"',
     "instances open to the world"),
    ("variables.tf", "length(distinct(var.private_subnet_ids)) >= 2", "length(var.private_subnet_ids) >= 1", "one zone"),
]  # fmt: skip
