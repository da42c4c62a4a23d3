-- Which scores count? Of each path the row with its latest scored_at, and none where it was rejected later: one rule for
-- benchmark, evaluate, report and these queries. It makes views that the other queries of this folder read:
--
--   spark-sql --hivevar tables=anomaly-score-demo/tables -i conf/sql/current_scores.sql -f conf/sql/worst-images.sql
--
-- Rows stay: those of files that were deleted, or that lie in a folder of an earlier night, count here, and not in
-- benchmark and report.
-- The columns are named, so that a data set called 007 or 2024-01-01 keeps its name: Spark would take it for a number or a
-- date. The last statement is for any database that has views scores and rejects, as DuckDB (docs/tables.md).
CREATE OR REPLACE TEMPORARY VIEW scores (
  image_id STRING, path STRING, width INT, height INT, complexity DOUBLE, vulnerability DOUBLE, as_i DOUBLE,
  complexity_std_err DOUBLE, vulnerability_std_err DOUBLE, as_i_std_err DOUBLE, step_norm DOUBLE,
  complexity_floor DOUBLE, format STRING, features ARRAY<FLOAT>, logits ARRAY<FLOAT>, spatial_features ARRAY<FLOAT>,
  model STRING, run_id STRING, scored_at TIMESTAMP, config_id STRING, dataset STRING
) USING parquet OPTIONS (path '${tables}/scores');

CREATE OR REPLACE TEMPORARY VIEW rejects (
  path STRING, dataset STRING, reason STRING, message STRING, config_id STRING, run_id STRING, rejected_at TIMESTAMP
) USING parquet OPTIONS (path '${tables}/rejects');

CREATE OR REPLACE TEMPORARY VIEW current_scores AS
SELECT s.*
FROM scores s
SEMI JOIN (
  SELECT config_id, dataset, path, max(scored_at) AS scored_at
  FROM scores
  GROUP BY config_id, dataset, path
) newest USING (config_id, dataset, path, scored_at)
ANTI JOIN rejects r
  ON s.config_id = r.config_id AND s.dataset = r.dataset AND s.path = r.path AND s.scored_at < r.rejected_at;
