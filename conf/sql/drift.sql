-- How did one generator change over the runs? Its evaluations, oldest first, each with the change of AS since the one
-- before under the same configuration and against the same reference. A higher AS is less natural.
--
--   spark-sql --hivevar tables=anomaly-score-demo/tables --hivevar dataset=blurred -f conf/sql/drift.sql
--
-- A change within the intervals may be chance, and one between runs of different n is partly that of n.
SELECT config_id, model, reference, evaluated_at, n, anomaly_score, anomaly_score_low, anomaly_score_high,
  anomaly_score - lag(anomaly_score) OVER (
    PARTITION BY config_id, reference ORDER BY evaluated_at, run_id
  ) AS change
FROM parquet.`${tables}/evaluations`
WHERE dataset = '${dataset}'
ORDER BY config_id, reference, evaluated_at, run_id;
