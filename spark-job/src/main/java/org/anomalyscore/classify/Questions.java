package org.anomalyscore.classify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.anomalyscore.classify.ClassificationTask.Kind;
import org.anomalyscore.storage.UserException;

/** What is asked of some data sets, whatever the classifiers see of them. */
final class Questions {

  /** Fewer leave a test set that can show nothing. */
  private static final long LEAST_IMAGES = 10;

  private Questions() {}

  /**
   * Refuses a set that is too small.
   *
   * @param what its images must have, as {@code different images with features}
   * @param why added to the message; may be empty
   */
  static void requireEnough(String set, long images, String what, String why) {
    if (images < LEAST_IMAGES) {
      throw new UserException(
          "Data set '"
              + set
              + "' has "
              + images
              + " "
              + what
              + ", too few to train and test on. Give at least "
              + LEAST_IMAGES
              + "."
              + why);
    }
  }

  /**
   * All questions of sets of these sizes.
   *
   * @param sets the reference first
   * @param images how many set i has
   */
  static List<ClassificationTask> of(List<String> sets, List<Long> images) {
    List<ClassificationTask> tasks = new ArrayList<>();
    long largest = 0;
    for (int i = 1; i < sets.size(); i++) {
      long n = Math.min(images.get(0), images.get(i));
      largest = Math.max(largest, n);
      List<String> pair = List.of(sets.get(0), sets.get(i));
      tasks.add(new ClassificationTask(Kind.REFERENCE_AND_GENERATED, List.of(0, i), pair, n));
      tasks.add(new ClassificationTask(Kind.PERMUTED_LABELS, List.of(0, i), pair, n));
      for (int j = 1; j < i; j++) {
        tasks.add(
            new ClassificationTask(
                Kind.GENERATED_PAIR,
                List.of(j, i),
                List.of(sets.get(j), sets.get(i)),
                Math.min(images.get(j), images.get(i))));
      }
    }
    String name = sets.get(0);
    tasks.add(
        new ClassificationTask(
            Kind.REFERENCE_HALVES,
            List.of(0),
            List.of(name + ", one half", name + ", other half"),
            Math.min(largest, images.get(0) / 2)));
    if (sets.size() > 2) {
      List<Integer> all = new ArrayList<>();
      long least = Long.MAX_VALUE;
      for (int i = 0; i < sets.size(); i++) {
        all.add(i);
        least = Math.min(least, images.get(i));
      }
      tasks.add(new ClassificationTask(Kind.WHICH_SET, all, sets, least));
    }
    tasks.sort(Comparator.comparing(ClassificationTask::kind));
    return tasks;
  }

  /** How many images of each set some task needs. */
  static List<Long> most(int sets, List<ClassificationTask> tasks) {
    List<Long> most = new ArrayList<>();
    for (int i = 0; i < sets; i++) {
      int set = i;
      most.add(
          tasks.stream()
              .filter(task -> task.sets().contains(set))
              .mapToLong(t -> t.kind() == Kind.REFERENCE_HALVES ? 2 * t.perClass() : t.perClass())
              .max()
              .orElseThrow());
    }
    return most;
  }
}
