package org.anomalyscore.classify;

import java.io.Serializable;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.training.FrequencyFilter;
import org.anomalyscore.training.LabelledImages;
import org.anomalyscore.training.TrainedNetwork;
import org.anomalyscore.training.TrainingSettings;

/**
 * One network to train and to test, within one task of Spark's.
 *
 * @param input what it sees
 * @param cutOff see {@link FrequencyFilter}
 */
record PixelQuestion(
    Split split, ImageInput input, double cutOff, TrainingSettings settings, Devices devices)
    implements Serializable {

  /** Of a training set one in so many images only tells when to stop. */
  private static final int VALIDATION_PART = 5;

  /**
   * What the network said.
   *
   * @param logits of each test image, place by place and label by label
   * @param epochs passes through its training set
   */
  // The array is the content, and answers are never compared or used as keys.
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(double[][] logits, int epochs, double seconds) implements Serializable {}

  /** Images of a class that only tell when to stop. */
  long validation() {
    return Math.max(1, Math.round((double) split.train() / VALIDATION_PART));
  }

  /** Trains and tests, in the running task. */
  Answer answer(PixelSets sets) {
    final long begin = System.nanoTime();
    long learnt = split.test() + validation();
    long end = split.test() + split.train();
    Standardisation scale =
        Standardisation.of(images(sets, learnt, end, UnaryOperator.identity()).images());
    LabelledImages train = images(sets, learnt, end, scale::applied);
    LabelledImages validation = images(sets, split.test(), learnt, scale::applied);
    LabelledImages test = images(sets, 0, split.test(), scale::applied);
    try (TrainedNetwork network =
        TrainedNetwork.train(devices, settings, split.task().classes().size(), train, validation)) {
      double[][] logits = network.logits(test);
      return new Answer(logits, network.epochs(), (System.nanoTime() - begin) / 1e9);
    }
  }

  /**
   * The images of all classes from one place to before another, each made when it is asked for: as
   * floats all of them would take four times the memory, in every task.
   *
   * @param from first place
   * @param to place after the last
   */
  private LabelledImages images(PixelSets sets, long from, long to, UnaryOperator<float[]> scale) {
    int classes = split.task().classes().size();
    int[] labels = new int[(int) (to - from) * classes];
    Arrays.setAll(labels, i -> i % classes);
    FrequencyFilter filter = new FrequencyFilter(sets.size(), cutOff);
    List<float[]> images =
        new AbstractList<>() {
          @Override
          public float[] get(int i) {
            float[] image = sets.planes(split.task().source(labels[i], from + i / classes));
            return scale.apply(
                switch (input) {
                  case LOW_PASS -> filter.lowPass(image);
                  case HIGH_PASS -> filter.highPass(image);
                  default -> image;
                });
          }

          @Override
          public int size() {
            return labels.length;
          }
        };
    return new LabelledImages(sets.size(), images, labels);
  }
}
