package org.anomalyscore.classify;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
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
    LabelledImages train = images(sets, learnt, split.test() + split.train());
    Standardisation scale = Standardisation.of(train.images());
    LabelledImages validation = images(sets, split.test(), learnt);
    LabelledImages test = images(sets, 0, split.test());
    List.of(train, validation, test).forEach(part -> part.images().forEach(scale::apply));
    try (TrainedNetwork network =
        TrainedNetwork.train(devices, settings, split.task().classes().size(), train, validation)) {
      double[][] logits = network.logits(test);
      return new Answer(logits, network.epochs(), (System.nanoTime() - begin) / 1e9);
    }
  }

  /**
   * The images of all classes from one place to before another.
   *
   * @param from first place
   * @param to place after the last
   */
  private LabelledImages images(PixelSets sets, long from, long to) {
    int classes = split.task().classes().size();
    FrequencyFilter filter = new FrequencyFilter(sets.size(), cutOff);
    List<float[]> images = new ArrayList<>();
    int[] labels = new int[(int) (to - from) * classes];
    for (long place = from; place < to; place++) {
      for (int label = 0; label < classes; label++) {
        float[] image = sets.planes(split.task().source(label, place));
        labels[images.size()] = label;
        images.add(
            switch (input) {
              case LOW_PASS -> filter.lowPass(image);
              case HIGH_PASS -> filter.highPass(image);
              default -> image;
            });
      }
    }
    return new LabelledImages(sets.size(), images, labels);
  }
}
