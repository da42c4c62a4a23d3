package org.anomalyscore.report;

import org.anomalyscore.table.Run;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;

/** Makes the page that was asked for. */
final class ReportJob {

  private final ReportRequest request;

  ReportJob(ReportRequest request) {
    this.request = request;
  }

  ReportResult run(SparkSession spark) {
    Run run = Run.start("report");
    Report.Result page =
        new Report(spark, new TableStore(spark, request.from()))
            .configId(request.configId())
            .reference(request.reference())
            .thumbnails(request.thumbnails())
            .write(run, request.out());
    return new ReportResult(page, run.seconds());
  }
}
