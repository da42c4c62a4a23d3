package org.anomalyscore.it;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What spark-sql does with {@code --hivevar NAME=VALUE}, {@code -i FILE}, {@code -e STATEMENT} and
 * {@code -f FILE}, in their order, for a Spark that lacks it: a variable becomes a setting of the
 * session, and Spark's parser puts it in the place of {@code ${NAME}}. Knows no function of ours.
 * It is a program: the tests start it under SparkSubmit, which wants it public.
 */
public final class SqlSession {
  private static final String STATEMENT = "----- statement";

  private SqlSession() {}

  public static void main(String[] arguments) throws Exception {
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      for (Iterator<String> rest = List.of(arguments).iterator(); rest.hasNext(); ) {
        String option = rest.next();
        String value = rest.next();
        switch (option) {
          case "--hivevar" -> {
            String[] variable = value.split("=", 2);
            spark.conf().set(variable[0], variable[1]);
          }
          case "-e" -> run(spark, value);
          // As before all others, but here wherever the variables are set.
          case "-i" -> {
            for (String statement : statements(value)) {
              spark.sql(statement);
            }
          }
          // A statement ends with its line; no text in a query ends so.
          case "-f" -> run(spark, statements(value));
          default -> throw new IllegalArgumentException(option);
        }
      }
    }
  }

  private static String[] statements(String file) throws IOException {
    return Files.readString(Path.of(file)).split(";\\R");
  }

  /** Statements of one option, whose results are one. */
  private static void run(SparkSession spark, String... statements) {
    System.out.println(STATEMENT);
    try {
      for (String statement : statements) {
        for (Row row : spark.sql(statement).collectAsList()) {
          System.out.println(row.mkString("\t"));
        }
      }
    } catch (Exception e) { // an AnalysisException is checked, but not declared
      System.out.println(e.getMessage());
    }
  }

  /** What the process printed for each statement, in their order: rows of tabbed values. */
  static List<String> results(String out) {
    List<String> results = new ArrayList<>(List.of(out.split(STATEMENT + "\n", -1)));
    results.remove(0);
    return results;
  }

  /** Where this class lies, with the other tests'. */
  static Path classPath() {
    try {
      return Path.of(SqlSession.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
