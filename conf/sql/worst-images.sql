-- Which are the worst images of last night? Under each configuration the 20 images with the highest AS-i, of the
-- generators that were evaluated within the 12 hours before its newest evaluation.
--
--   spark-sql --hivevar tables=anomaly-score-demo/tables -f conf/sql/worst-images.sql
--
-- A file that was scored again counts with its newest row. Rows stay: those of files that were deleted, or replaced by
-- ones that cannot be scored, or that lie in a folder of an earlier night count here, and not in benchmark and report.
WITH night AS (
  SELECT config_id, dataset
  FROM (
    SELECT config_id, dataset, evaluated_at, max(evaluated_at) OVER (PARTITION BY config_id) AS newest
    FROM parquet.`${tables}/evaluations`
  )
  WHERE evaluated_at >= newest - INTERVAL 12 HOURS
  GROUP BY config_id, dataset
),
images AS (
  SELECT config_id, dataset, path, max_by(model, scored_at) AS model, max_by(as_i, scored_at) AS as_i,
    max_by(complexity, scored_at) AS complexity, max_by(vulnerability, scored_at) AS vulnerability
  FROM parquet.`${tables}/scores` LEFT SEMI JOIN night USING (config_id, dataset)
  GROUP BY config_id, dataset, path
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY config_id ORDER BY as_i DESC, path) AS place FROM images
)
SELECT config_id, model, place, as_i, complexity, vulnerability, dataset, path
FROM ranked
WHERE place <= 20
ORDER BY config_id, place;
