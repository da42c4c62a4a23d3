"""Loads the DAG with substitutes for the few names of Airflow that it uses, and prints what becomes of each exit code.

Usage: load_dag.py DAG.py
"""

import runpy
import sys
import types


class AirflowException(Exception):
    pass


class AirflowFailException(AirflowException):
    pass


class DAG:
    def __init__(self, dag_id, schedule, start_date, catchup, max_active_runs, default_args):
        self.tasks = []
        DAG.now = self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class EmptyOperator:
    def __init__(self, task_id, retries=None, trigger_rule="all_success"):
        self.task_id = task_id
        self.trigger_rule = trigger_rule
        self.after = []
        DAG.now.tasks.append(self)

    def __rshift__(self, other):
        other.after.append(self.task_id)

    def __rrshift__(self, others):
        self.after.extend(other.task_id for other in others)


class SparkSubmitOperator(EmptyOperator):
    code = 0

    def __init__(self, task_id, application, java_class, application_args, trigger_rule="all_success"):
        super().__init__(task_id, trigger_rule=trigger_rule)
        self.application_args = application_args

    def execute(self, context):
        if self.code:
            raise AirflowException(f"Cannot execute: spark-submit. Error code is: {self.code}.")


def module(name, **members):
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(members)


module("airflow", DAG=DAG)
module("airflow.operators")
module("airflow.operators.empty", EmptyOperator=EmptyOperator)
module("airflow.exceptions", AirflowException=AirflowException, AirflowFailException=AirflowFailException)
for package in ["airflow.providers", "airflow.providers.apache", "airflow.providers.apache.spark"]:
    module(package)
module("airflow.providers.apache.spark.operators")
module("airflow.providers.apache.spark.operators.spark_submit", SparkSubmitOperator=SparkSubmitOperator)

dag = runpy.run_path(sys.argv[1])["dag"]
for task in dag.tasks:
    command = getattr(task, "application_args", ["-"])[0]
    print(" ".join([task.task_id, command, task.trigger_rule, ",".join(task.after)]).strip())
for code in [0, 1, 2, 3, 4, 5, 137, 143]:
    SparkSubmitOperator.code = code
    try:
        dag.tasks[0].execute({})
        print(code, "done")
    except AirflowFailException:
        print(code, "given up")
    except AirflowException:
        print(code, "tried again")
