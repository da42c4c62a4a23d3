package org.anomalyscore.command;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecondCompilerTest {

  @AfterEach
  void work() {
    SecondCompiler.work();
  }

  @Test
  void restsUntilThereIsWork() throws Exception {
    assertFalse(directives().contains("Exclude:true"));
    SecondCompiler.rest();
    SecondCompiler.rest();
    String rests = directives();
    assertTrue(
        rests.matches("(?s).*matching:.*c1 dir.*Exclude:false.*c2 dir.*Exclude:true.*"), rests);
    SecondCompiler.work();
    assertFalse(directives().contains("Exclude:true"));
    SecondCompiler.work();
    assertFalse(directives().contains("Exclude:true"));
  }

  private static String directives() throws Exception {
    Object printed =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "compilerDirectivesPrint",
                null,
                null);
    return printed.toString();
  }
}
