package org.anomalyscore.tables;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tables}: keeps the tables; each of its commands is a class. */
@Command(
    name = "tables",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Lists and verifies tables, makes few files of many, deletes and expires rows, and registers"
            + " or publishes tables for SQL.",
    subcommands = {
      ListCommand.class,
      VerifyCommand.class,
      CompactCommand.class,
      DeleteCommand.class,
      ExpireCommand.class,
      RegisterCommand.class,
      PublishCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  anomaly-score tables list --tables tables",
      "  anomaly-score tables compact --tables tables",
      "  anomaly-score tables delete --tables tables --dataset gan-7 --dry-run",
      "  anomaly-score tables expire --tables tables --keep 90d",
      "  anomaly-score tables verify --tables tables"
    })
public final class TablesCommand implements Runnable {

  @Spec private CommandSpec command;

  @Override
  public void run() {
    throw new ParameterException(
        command.commandLine(),
        "tables needs one of its commands: "
            + String.join(", ", command.subcommands().keySet())
            + ".");
  }
}
