"""Posts a night of anomaly-score benchmark to MLflow's REST interface; needs Python 3.8 or newer and nothing else.

In the manifest:

    notify:
      command: [python3, conf/mlflow/notify_mlflow.py]
      every_night: true
      timeout_seconds: 60

The environment of the driver: MLFLOW_TRACKING_URI, as https://mlflow.example.org; MLFLOW_TRACKING_TOKEN where the server
wants one; MLFLOW_EXPERIMENT_NAME, anomaly-score where it is not set.

Each generator under each model becomes a run of that experiment, with every number of its row of evaluations (AS,
medians, set measures, the share of flagged images and the others) as a metric, and its state as a tag. A second try
goes on with the run of the first.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from datetime import datetime

# What MLflow takes in one request.
MOST_METRICS = 1000
NAMES = ["run_id", "config_id", "model", "reference", "dataset"]


def call(method, path, body=None, absent=False):
    """The answer's JSON, or None where absent says that there may be no such thing."""
    request = urllib.request.Request(
        os.environ["MLFLOW_TRACKING_URI"].rstrip("/") + "/api/2.0/mlflow/" + path,
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={"Content-Type": "application/json"},
    )
    token = os.environ.get("MLFLOW_TRACKING_TOKEN")
    if token:
        request.add_header("Authorization", "Bearer " + token)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if absent and error.code == 404:
            return None
        raise


def experiment():
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME", "anomaly-score")
    found = call("GET", "experiments/get-by-name?experiment_name=" + urllib.request.quote(name, safe=""), absent=True)
    if found:
        return found["experiment"]["experiment_id"]
    return call("POST", "experiments/create", {"name": name})["experiment_id"]


def run_of(experiment_id, row, state, millis):
    """The run of a first try, or a new one, and whether the first try did all."""
    tags = {"anomaly_score." + name: str(row[name]) for name in NAMES}
    same = " and ".join(
        "tags.`anomaly_score.%s` = '%s'" % (name, row[name].replace("'", "")) for name in ["run_id", "config_id"]
    )
    found = call("POST", "runs/search", {"experiment_ids": [experiment_id], "filter": same, "max_results": 1000})
    for run in found.get("runs", []):
        if {"key": "anomaly_score.dataset", "value": row["dataset"]} in run["data"]["tags"]:
            return run["info"]["run_id"], run["info"].get("status") == "FINISHED"
    tags["anomaly_score.state"] = state
    body = {
        "experiment_id": experiment_id,
        "run_name": "%s under %s" % (row["dataset"], row["model"]),
        "start_time": millis,
        "tags": [{"key": key, "value": value} for key, value in tags.items()],
    }
    return call("POST", "runs/create", body)["run"]["info"]["run_id"], False


def post(night):
    states = {(one["config_id"], one["dataset"]): one["state"] for one in night["generators"]}
    experiment_id = experiment()
    for row in night["evaluations"]:
        when = datetime.fromisoformat(row["evaluated_at"].replace("Z", "+00:00"))
        millis = int(when.timestamp() * 1000)
        run_id, done = run_of(experiment_id, row, states.get((row["config_id"], row["dataset"]), "unknown"), millis)
        if done:
            continue
        metrics = [
            {"key": key, "value": value, "timestamp": millis, "step": 0}
            for key, value in row.items()
            if isinstance(value, (int, float)) and not isinstance(value, bool)
        ]
        for begin in range(0, len(metrics), MOST_METRICS):
            call("POST", "runs/log-batch", {"run_id": run_id, "metrics": metrics[begin : begin + MOST_METRICS]})
        call("POST", "runs/update", {"run_id": run_id, "status": "FINISHED", "end_time": millis})


if __name__ == "__main__":
    post(json.load(sys.stdin))
