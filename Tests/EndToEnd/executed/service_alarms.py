"""What the page service-alarms claims, as far as its text tells: alarms that CloudWatch accepts, on metrics that exist,
with the knowledge base's figures, over periods that the metrics have, and with somebody who is told."""

from __future__ import annotations

import re

from executed._knowledge import blocks_of, threshold
from executed._terraform import Module, blocks

NEEDS = {"hcl"}
OPERATORS = {"GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"}
STATISTICS = {"SampleCount", "Average", "Sum", "Minimum", "Maximum"}
MISSING = {"missing", "ignore", "breaching", "notBreaching"}
# Metrics with their dimensions, and the shortest distance of two values in seconds.
METRICS = {
    ("AWS/EC2", "CPUUtilization"): ({"AutoScalingGroupName"}, 60),  # with detailed monitoring, see below
    ("AWS/ApplicationELB", "TargetResponseTime"): ({"LoadBalancer", "TargetGroup"}, 60),
    ("AWS/ApplicationELB", "RequestCount"): ({"LoadBalancer"}, 60),
    ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"): ({"LoadBalancer"}, 60),
    ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"): ({"LoadBalancer"}, 60),
}


def scenario(page, tools):
    module = Module(tools.hcl, *(page[name] for name in ("variables.tf", "cpu.tf", "latency.tf", "errors.tf")))
    alarms = {name: body for (_, name), body in module.resources.items()}
    assert set(alarms) == {"cpu", "latency", "errors"}
    for name, alarm in alarms.items():
        is_valid(name, alarm)

    cpu = alarms["cpu"]
    assert cpu["threshold"] == 100 * threshold("cpu-alarm") > 100 * threshold("cpu-scale-out")
    assert (cpu["period"], cpu["evaluation_periods"], cpu["statistic"]) == (120, 2, "Average")
    assert cpu["treat_missing_data"] == "breaching", "no instance reports, and nobody is told"
    # A period of 120 s needs values of 60 s, which the group's page asks for.
    group = Module(tools.hcl, *blocks_of("load-balanced-scaling-group").values())
    assert blocks(group.one("aws_launch_template"), "monitoring") == [{"enabled": True}]
    assert {"autoscaling_group_name", "load_balancer_suffix", "target_group_suffix"} <= set(group.outputs) & set(module.variables)

    latency = alarms["latency"]
    assert latency.get("extended_statistic") == "p95"
    assert latency["threshold"] == f"${{{threshold('latency-alert-factor')} * var.baseline_p95_seconds}}"
    assert latency["evaluate_low_sample_count_percentiles"] == "ignore"
    assert latency["period"] * latency["evaluation_periods"] == 600

    the_rate_is_right(alarms["errors"])
    # What users feel wakes somebody; a cause does not.
    assert cpu["alarm_actions"] == ["${var.ticket_topic_arn}"]
    assert latency["alarm_actions"] == alarms["errors"]["alarm_actions"] == ["${var.page_topic_arn}"]


def is_valid(name: str, alarm: dict):
    assert alarm["comparison_operator"] in OPERATORS, name
    assert alarm["treat_missing_data"] in MISSING, name
    assert alarm["alarm_actions"] and alarm["ok_actions"], f"{name} tells nobody"
    assert alarm["alarm_description"], name
    periods = alarm["evaluation_periods"]
    assert isinstance(periods, int) and periods >= 1 and 1 <= alarm.get("datapoints_to_alarm", periods) <= periods, name
    queries = blocks(alarm, "metric_query")
    if queries:
        assert not {"metric_name", "namespace", "period", "statistic", "extended_statistic", "dimensions"} & set(alarm), name
        assert sum(bool(query.get("return_data")) for query in queries) == 1, f"{name}: one value is the alarm's"
        measured = [query["metric"][0] for query in queries if "metric" in query]
        for query in queries:
            assert ("metric" in query) != ("expression" in query), query["id"]
            assert re.fullmatch(r"[a-z]\w*", query["id"])
    else:
        measured = [alarm]
        assert ("statistic" in alarm) != ("extended_statistic" in alarm), name
        assert re.fullmatch(r"p\d{1,2}(\.\d+)?", alarm.get("extended_statistic", "p95")), name
    for metric in measured:
        dimensions, interval = METRICS[metric["namespace"], metric["metric_name"]]
        assert set(metric["dimensions"]) == dimensions, (name, metric["metric_name"])
        assert metric["period"] % 60 == 0 and metric["period"] >= interval, f"{name}: a period of {metric['period']} s"
        assert metric["period"] * periods <= 86_400, name
        assert metric.get("statistic", metric.get("stat", "Sum")) in STATISTICS, name


def the_rate_is_right(alarm: dict):
    """Its expressions, reckoned for minutes as the balancer reports them: what is zero is not reported."""
    queries = {query["id"]: query for query in blocks(alarm, "metric_query")}
    names = {query["metric"][0]["metric_name"]: id for id, query in queries.items() if "metric" in query}
    (returned,) = [id for id, query in queries.items() if query.get("return_data")]

    def reckon(**reported):
        values = {id: reported.get(name) for name, id in names.items()}

        def value(id):
            if id in values:
                return values[id]
            words = re.sub(r"\bIF\(", "when(", queries[id]["expression"]).replace("FILL(", "fill(")
            called = {"when": lambda test, yes, no: yes if test else no, "fill": lambda x, other: other if x is None else x}
            inner = {name: value(name) for name in set(re.findall(r"[a-z]\w*", words)) & set(queries)}
            try:
                return eval(words, {"__builtins__": {}}, {**called, **inner})
            except (TypeError, ZeroDivisionError):
                return None  # no data, and so no alarm

        return value(returned)

    assert reckon(RequestCount=1000) == 0
    assert reckon(RequestCount=1000, HTTPCode_Target_5XX_Count=20) == 2
    assert reckon(RequestCount=990, HTTPCode_Target_5XX_Count=5, HTTPCode_ELB_5XX_Count=10) == 1.5
    assert reckon(HTTPCode_ELB_5XX_Count=500) == 100, "no target is healthy, and no request is counted"
    assert reckon(RequestCount=10, HTTPCode_Target_5XX_Count=5) == 0, "five errors at night"


FAULTS = [
    ("cpu.tf", "threshold           = 80", "threshold           = 60", "the alarm rings at each scale-out"),
    ("cpu.tf", "period              = 120", "period              = 90", "not a period of CloudWatch"),
    ("cpu.tf", '"breaching"', '"missing"', "silence when all instances are gone"),
    ("cpu.tf", "alarm_actions       = [var.ticket_topic_arn]", "alarm_actions       = []", "an alarm that nobody hears"),
    ("latency.tf", 'extended_statistic                    = "p95"', 'statistic                             = "Average"',
     "an average hides one request in twenty"),
    ("latency.tf", "2 * var.baseline_p95_seconds", "0.5", "a figure without a baseline"),
    ("latency.tf", '"GreaterThanThreshold"', '"GreaterThan"', "an operator that does not exist"),
    ("errors.tf", "FILL(requests, 0) + FILL(own, 0)", "requests", "a total outage has no requests"),
    ("errors.tf", "IF(total >= 50, 100 * errors / total, 0)", "100 * errors / total", "a handful of requests at night"),
    ("errors.tf", "var.load_balancer_suffix", "var.load_balancer_arn", "a variable that is not declared"),
]  # fmt: skip
