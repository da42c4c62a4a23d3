-- Which are the worst images of last night? Under each configuration the 20 images with the highest AS-i, of the
-- generators that were evaluated within the 12 hours before its newest evaluation.
--
--   spark-sql --hivevar tables=anomaly-score-demo/tables -f conf/sql/worst-images.sql
--
-- A file that was scored again counts with its newest row, and one that was rejected since does not count. Rows stay:
-- those of files that were deleted, or that lie in a folder of an earlier night, count here, and not in benchmark and
-- report.
--
-- order_of_images says whether the order of a set's images would repeat under another seed: where the repeatability of
-- AS-i is below 0.5, it is mostly chance which images are listed.

-- With its columns named, so that rows of earlier versions, which have no repeatability, can be read too.
CREATE OR REPLACE TEMPORARY VIEW night_evaluations (
  config_id STRING, dataset STRING, evaluated_at TIMESTAMP, repeatability_as_i DOUBLE
) USING parquet OPTIONS (path '${tables}/evaluations');

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
  SELECT config_id, dataset, max_by(repeatability_as_i, evaluated_at) AS repeatability_of_as_i
  FROM (SELECT *, max(evaluated_at) OVER (PARTITION BY config_id) AS newest FROM night_evaluations)
  WHERE evaluated_at >= newest - INTERVAL 12 HOURS
  GROUP BY config_id, dataset
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY config_id ORDER BY as_i DESC, path) AS place
  FROM current_scores JOIN night USING (config_id, dataset)
)
SELECT config_id, model, place, as_i, complexity, vulnerability, dataset, path, repeatability_of_as_i,
  CASE
    WHEN repeatability_of_as_i < 0.5 THEN 'the order of single images is mostly chance'
    WHEN repeatability_of_as_i >= 0.5 THEN 'the order of single images mostly repeats'
    ELSE 'not known; score with --draws 2 or more'
  END AS order_of_images
FROM ranked
WHERE place <= 20
ORDER BY config_id, place;
