package org.anomalyscore.it;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Says at the end why tests were skipped, which Maven's summary only counts. */
public final class SkipReasons implements TestExecutionListener {

  private final Map<String, Integer> reasons = Collections.synchronizedMap(new TreeMap<>());

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    reasons.merge(reason, 1, Integer::sum);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      result.getThrowable().ifPresent(why -> reasons.merge("" + why.getMessage(), 1, Integer::sum));
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    reasons.forEach((reason, tests) -> System.out.printf("Skipped, %d times: %s%n", tests, reason));
  }
}
