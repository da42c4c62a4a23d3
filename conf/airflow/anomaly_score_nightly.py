"""The benchmark and its report every night, for Apache Airflow 2.9 or newer with its provider of Spark operators.

Copy this file into the folder of DAGs, set the paths, and define the connection "spark_default". The submitting machine
needs spark-submit and the environment variable SPARK_CONF_DIR, which names this project's folder conf.
"""

import re
from datetime import datetime, timedelta

from airflow import DAG
from airflow.exceptions import AirflowException, AirflowFailException
from airflow.operators.empty import EmptyOperator
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

JAR = "/opt/anomaly-score/anomaly-score.jar"
MANIFEST = "/etc/anomaly-score/nightly.yaml"
TABLES = "s3a://night/tables"
REPORT = "s3a://night/report.html"

# A repetition would give the same: wrong usage, bad input, too many rejects, an alert.
FINAL = {2, 3, 4, 5}


class AnomalyScoreOperator(SparkSubmitOperator):
    """Submits a command, and tries again only what may end otherwise.

    The connection must have deploy mode client: there the exit code of spark-submit is that of the command.
    """

    def __init__(self, arguments, **others):
        super().__init__(
            application=JAR,
            java_class="org.anomalyscore.job.Main",
            application_args=arguments,
            **others,
        )

    def execute(self, context):
        try:
            super().execute(context)
        except AirflowException as failure:
            code = re.search(r"Error code is: (\d+)", str(failure))
            if code and int(code.group(1)) in FINAL:
                raise AirflowFailException(str(failure)) from failure
            raise


with DAG(
    dag_id="anomaly_score_nightly",
    schedule="0 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    # Two runs at once on one table: the second would only stop with a message.
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5)},
) as dag:
    benchmark = AnomalyScoreOperator(task_id="benchmark", arguments=["benchmark", "--manifest", MANIFEST])
    # Also after an alert and a failed generator.
    report = AnomalyScoreOperator(
        task_id="report", arguments=["report", "--from", TABLES, "--out", REPORT], trigger_rule="all_done"
    )
    # Airflow judges a night by its last tasks: a failed benchmark must not end in a report that went well.
    outcome = EmptyOperator(task_id="outcome", retries=0)
    benchmark >> report
    [benchmark, report] >> outcome
