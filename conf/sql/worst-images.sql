-- Which are the worst images of last night? Under each configuration the 20 images with the highest AS-i, of the
-- generators that were evaluated within the 12 hours before its newest evaluation.
--
--   spark-sql --hivevar tables=anomaly-score-demo/tables -f conf/sql/worst-images.sql
--
-- A file that was scored again counts with its newest row, and one that was rejected since does not count. Rows stay:
-- those of files that were deleted, or that lie in a folder of an earlier night, count here, and not in benchmark and
-- report.
WITH current_scores AS (
  -- Of each path the row with its latest scored_at, and none where it was rejected later.
  SELECT s.*
  FROM parquet.`${tables}/scores` s
  LEFT SEMI JOIN (
    SELECT config_id, dataset, path, max(scored_at) AS scored_at
    FROM parquet.`${tables}/scores`
    GROUP BY config_id, dataset, path
  ) newest USING (config_id, dataset, path, scored_at)
  LEFT ANTI JOIN parquet.`${tables}/rejects` r
    ON CAST(s.config_id AS STRING) = r.config_id AND CAST(s.dataset AS STRING) = r.dataset
    AND s.path = r.path AND s.scored_at < r.rejected_at
),
night AS (
  SELECT config_id, dataset
  FROM (
    SELECT config_id, dataset, evaluated_at, max(evaluated_at) OVER (PARTITION BY config_id) AS newest
    FROM parquet.`${tables}/evaluations`
  )
  WHERE evaluated_at >= newest - INTERVAL 12 HOURS
  GROUP BY config_id, dataset
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY config_id ORDER BY as_i DESC, path) AS place
  FROM current_scores LEFT SEMI JOIN night USING (config_id, dataset)
)
SELECT config_id, model, place, as_i, complexity, vulnerability, dataset, path
FROM ranked
WHERE place <= 20
ORDER BY config_id, place;
