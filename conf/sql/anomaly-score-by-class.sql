-- Which classes does each generator draw badly? AS and its p-value by generator and class folder: the folder that an
-- image lies in, such as "cat" of gan-7/cat/12.png.
--
--   spark-sql --jars udf/target/anomaly-score-udf.jar \
--     --conf spark.sql.extensions=org.anomalyscore.functions.AnomalyScoreExtensions \
--     --hivevar tables=anomaly-score-demo/tables --hivevar reference=reference \
--     -i conf/sql/current_scores.sql -f conf/sql/anomaly-score-by-class.sql
--
-- A class is compared with the reference's images in a folder of that name. Where the reference has none, it is
-- compared with all images of the reference, and the column reference_class is NULL.
-- Small classes score higher, however good they are: compare scores of equal counts, or look at the p-value.
-- Which rows count is said in current_scores.sql.
WITH images AS (
  SELECT config_id, dataset, regexp_extract(path, '([^/]*)/[^/]*$', 1) AS class, complexity, vulnerability
  FROM current_scores
),
reference AS (
  -- Each image twice: for its own class, and for those that the reference lacks.
  SELECT config_id, explode(array(class, NULL)) AS reference_class, complexity, vulnerability
  FROM images
  WHERE dataset = '${reference}'
),
generated AS (
  SELECT i.*, r.reference_class
  FROM images i LEFT JOIN (SELECT DISTINCT config_id, reference_class FROM reference) r
    ON i.config_id = r.config_id AND i.class = r.reference_class
  WHERE i.dataset <> '${reference}'
),
compared AS (
  SELECT config_id, dataset, class, reference_class, complexity, vulnerability, false AS is_reference
  FROM generated
  UNION ALL
  SELECT g.config_id, g.dataset, g.class, g.reference_class, r.complexity, r.vulnerability, true
  FROM (SELECT DISTINCT config_id, dataset, class, reference_class FROM generated) g JOIN reference r
    ON g.config_id = r.config_id AND g.reference_class <=> r.reference_class
)
SELECT config_id, dataset, class, reference_class,
  count_if(NOT is_reference) AS n,
  count_if(is_reference) AS n_reference,
  anomaly_score(complexity, vulnerability, is_reference) AS anomaly_score,
  anomaly_score_p_value(complexity, vulnerability, is_reference) AS p_value
FROM compared
GROUP BY config_id, dataset, class, reference_class
ORDER BY config_id, dataset, anomaly_score DESC, class;
