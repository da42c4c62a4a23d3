-- Which are the worst images of last night? Under each configuration and beside each reference the 20 images that lie
-- furthest from the reference's in (log C, log V), of the generators that were evaluated within the 12 hours before the
-- configuration's newest evaluation.
--
--   spark-sql --hivevar tables=anomaly-score-demo/tables -i conf/sql/current_scores.sql -f conf/sql/worst-images.sql
--
-- atypicality counts robust standard deviations, as the column of image_measures does (docs/measures.md has the formula).
-- It is infinite where C or V is 0, and NULL where the reference has no scatter.
-- direction says which of C and V is high or low. as_i_reversed is true where the set differs from the reference (p below
-- 5 %) and has a lower median AS-i: there a high AS-i is no sign of a bad image.
-- Which rows count is said in current_scores.sql.
--
-- order_of_images says whether the order of a set's images would repeat under another seed: where the least repeatability
-- of C, V and AS-i is below 0.5, it is mostly chance which images are listed.

-- With its columns named, so that rows of earlier versions, which have no repeatability, can be read too.
CREATE OR REPLACE TEMPORARY VIEW night_evaluations (
  config_id STRING, dataset STRING, reference STRING, evaluated_at TIMESTAMP, p_value DOUBLE,
  repeatability_complexity DOUBLE, repeatability_vulnerability DOUBLE, repeatability_as_i DOUBLE
) USING parquet OPTIONS (path '${tables}/evaluations');

WITH night AS (
  SELECT config_id, dataset, reference, max_by(p_value, evaluated_at) AS p_value,
    max_by(repeatability_complexity, evaluated_at) AS repeatability_of_c,
    max_by(repeatability_vulnerability, evaluated_at) AS repeatability_of_v,
    max_by(repeatability_as_i, evaluated_at) AS repeatability_of_as_i
  FROM (SELECT *, max(evaluated_at) OVER (PARTITION BY config_id) AS newest FROM night_evaluations)
  WHERE evaluated_at >= newest - INTERVAL 12 HOURS
  GROUP BY config_id, dataset, reference
),
real AS (
  -- An image with C or V 0 is no part of the scatter.
  SELECT s.config_id, s.dataset AS reference, s.as_i,
    CASE WHEN s.vulnerability > 0 THEN ln(s.complexity) END AS x,
    CASE WHEN s.complexity > 0 THEN ln(s.vulnerability) END AS y
  FROM current_scores s LEFT SEMI JOIN night n ON s.config_id = n.config_id AND s.dataset = n.reference
),
middle AS (
  SELECT config_id, reference, median(x) AS x0, median(y) AS y0, median(as_i) AS real_as_i
  FROM real GROUP BY config_id, reference
),
scale AS (
  -- Median absolute deviations; NULL where half of the images are equal, which have no scatter.
  SELECT config_id, reference, first(x0) AS x0, first(y0) AS y0, first(real_as_i) AS real_as_i,
    nullif(1.4826D * median(abs(x - x0)), 0) AS sx, nullif(1.4826D * median(abs(y - y0)), 0) AS sy
  FROM real JOIN middle USING (config_id, reference) GROUP BY config_id, reference
),
axes AS (
  -- Along and across the diagonal, which are the principal axes of two scaled coordinates.
  SELECT config_id, reference, (x / sx + y / sy) / sqrt(2) AS u, (x / sx - y / sy) / sqrt(2) AS w
  FROM real JOIN scale USING (config_id, reference)
),
centre AS (
  SELECT config_id, reference, median(u) AS u0, median(w) AS w0 FROM axes GROUP BY config_id, reference
),
spread AS (
  -- Where C and V determine each other, one of them is rounding, and there is no scatter.
  SELECT config_id, reference, first(u0) AS u0, first(w0) AS w0,
    CASE WHEN median(abs(u - u0)) > 1e-9 THEN 1.4826D * median(abs(u - u0)) END AS su,
    CASE WHEN median(abs(w - w0)) > 1e-9 THEN 1.4826D * median(abs(w - w0)) END AS sw
  FROM axes JOIN centre USING (config_id, reference) GROUP BY config_id, reference
),
images AS (
  SELECT s.config_id, n.reference, s.dataset, s.model, s.path, s.complexity, s.vulnerability, s.as_i,
    (CASE WHEN s.complexity = 0 THEN -double('infinity') ELSE ln(s.complexity) END - x0) / sx AS zx,
    (CASE WHEN s.vulnerability = 0 THEN -double('infinity') ELSE ln(s.vulnerability) END - y0) / sy AS zy,
    CASE
      WHEN su IS NULL OR sw IS NULL THEN NULL
      WHEN s.complexity = 0 OR s.vulnerability = 0 THEN double('infinity')
      ELSE sqrt(
        power(((ln(s.complexity) / sx + ln(s.vulnerability) / sy) / sqrt(2) - u0) / su, 2)
        + power(((ln(s.complexity) / sx - ln(s.vulnerability) / sy) / sqrt(2) - w0) / sw, 2)
      )
    END AS atypicality,
    n.repeatability_of_c, n.repeatability_of_v, n.repeatability_of_as_i,
    least(n.repeatability_of_c, n.repeatability_of_v, n.repeatability_of_as_i) AS least_repeatability,
    n.p_value < 0.05
      AND median(s.as_i) OVER (PARTITION BY s.config_id, n.reference, s.dataset) < real_as_i AS as_i_reversed
  FROM current_scores s
    JOIN night n ON s.config_id = n.config_id AND s.dataset = n.dataset
    JOIN scale ON scale.config_id = n.config_id AND scale.reference = n.reference
    JOIN spread ON spread.config_id = n.config_id AND spread.reference = n.reference
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY config_id, reference ORDER BY atypicality DESC, path) AS place
  FROM images
)
SELECT config_id, model, reference, place, atypicality,
  CASE WHEN atypicality IS NOT NULL THEN coalesce(
    nullif(
      concat_ws(
        ', ', CASE WHEN zx >= 1 THEN 'C high' WHEN zx <= -1 THEN 'C low' END,
        CASE WHEN zy >= 1 THEN 'V high' WHEN zy <= -1 THEN 'V low' END
      ), ''
    ), 'neither'
  ) END AS direction,
  as_i, as_i_reversed, complexity, vulnerability, dataset, path, least_repeatability,
  CASE
    WHEN least_repeatability < 0.5 THEN concat(
      'the order of single images is mostly chance: the least repeatability is that of ',
      CASE least_repeatability
        WHEN repeatability_of_c THEN 'C' WHEN repeatability_of_v THEN 'V' ELSE 'AS-i'
      END
    )
    WHEN least_repeatability >= 0.5 THEN 'the order of single images mostly repeats'
    ELSE 'not known; score with --draws 2 or more'
  END AS order_of_images
FROM ranked
WHERE place <= 20
ORDER BY config_id, reference, place;
