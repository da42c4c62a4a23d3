package org.anomalyscore.command;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.anomalyscore.storage.ScratchFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JVM's second compiler, which makes faster code at a price that only long work pays back:
 * where it may work from the start, it takes a third of the processor time of a run that finds
 * nothing to score. How long a run will be is known only once the images are listed, so it rests
 * until then.
 *
 * <p>By the JVM's own directives, which jcmd offers too. A method that became hot while the
 * compiler rested keeps the code of the first one; those of the images are met later.
 */
public final class SecondCompiler {

  private static final Logger LOG = LoggerFactory.getLogger(SecondCompiler.class);

  private static final String RESTS = "[{match: \"*.*\", c2: {Exclude: true}}]";

  private static boolean rests;

  private SecondCompiler() {}

  /** Lets it compile nothing more; on a JVM that has no such directives it works on. */
  public static synchronized void rest() {
    if (rests) {
      return;
    }
    try {
      Path directive = ScratchFolder.create("compiler").resolve("directive");
      Files.writeString(directive, RESTS);
      tell("compilerDirectivesAdd", directive.toString());
      rests = true;
    } catch (IOException | JMException e) {
      LOG.debug("The second compiler does not rest.", e);
    }
  }

  /** Lets it compile what gets hot from now on, if it rests. */
  public static synchronized void work() {
    if (rests) {
      try {
        tell("compilerDirectivesRemove");
        rests = false;
      } catch (JMException e) {
        LOG.warn("The JVM's second compiler does not start, so that tasks run slower.", e);
      }
    }
  }

  private static void tell(String operation, String... arguments) throws JMException {
    MBeanServer jvm = ManagementFactory.getPlatformMBeanServer();
    ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
    if (arguments.length == 0) {
      jvm.invoke(commands, operation, null, null);
    } else {
      jvm.invoke(
          commands, operation, new Object[] {arguments}, new String[] {String[].class.getName()});
    }
  }
}
