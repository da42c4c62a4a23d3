"""Expected values for AtypicalityTest: robust distances by covOGK of R's robustbase.

Usage: python atypicality_oracle.py [FOLDER]    (default: ../resources/org/anomalyscore/stats)

Data are those of stats_oracle.py. R fits all points, and all points but one for each of them in turn,
so that it shares nothing with the Java but the estimator's definition. It needs Rscript with the
package robustbase; the versions that made the file stand in its first line.
"""

import argparse
import pathlib
import subprocess
import tempfile

import stats_oracle

R = r"""
library(robustbase)
files <- commandArgs(trailingOnly = TRUE)
distance <- function(points, p) {
  fit <- covOGK(points, n.iter = 1, sigmamu = s_mad)
  # covOGK's own covariance and centre, and the textbook's distance from them.
  sqrt(mahalanobis(p, fit$center, fit$cov))
}
cat(R.version.string, ", robustbase ", as.character(packageVersion("robustbase")), "\n", sep = "")
for (file in files) {
  points <- as.matrix(read.csv(file, header = FALSE))
  all <- distance(points, points)
  left <- sapply(seq_len(nrow(points)), function(i) distance(points[-i, ], points[i, , drop = FALSE]))
  cat(sprintf("%.17g", c(all[1], sum(all), left[1], sum(left), max(left))), sep = ",")
  cat("\n")
}
"""

CASES = [("continuous", 5), ("continuous", 6), ("continuous", 7), ("continuous", 8), ("continuous", 9),
         ("continuous", 10), ("continuous", 49), ("continuous", 50), ("continuous", 51), ("continuous", 52),
         ("correlated", 30), ("correlated", 31), ("correlated", 200), ("correlated", 501), ("grid8", 60),
         ("grid8", 61), ("grid8", 400), ("x_ties", 45), ("x_ties", 46)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("folder", nargs="?", type=pathlib.Path,
                        default=here.parent / "resources/org/anomalyscore/stats")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder, "oracle.R")
        script.write_text(R)
        files = []
        for seed, (kind, n) in enumerate(CASES, start=801):
            x, y, _, _ = stats_oracle.samples(kind, n, n, seed)
            files.append(pathlib.Path(folder, f"{seed}.csv"))
            files[-1].write_text("".join(f"{float(a)!r},{float(b)!r}\n" for a, b in zip(x, y)))
        output = subprocess.run(["Rscript", script, *files], check=True, capture_output=True, text=True).stdout
    versions, *lines = output.splitlines()
    with open(arguments.folder / "atypicality.csv", "w") as file:
        file.write(f"# {versions}\n")
        file.write("kind,n,seed,first,sum,first_left_out,sum_left_out,most_left_out\n")
        for (seed, (kind, n)), line in zip(enumerate(CASES, start=801), lines, strict=True):
            file.write(f"{kind},{n},{seed},{line}\n")


if __name__ == "__main__":
    main()
