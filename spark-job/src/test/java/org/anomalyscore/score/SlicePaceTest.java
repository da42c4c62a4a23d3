package org.anomalyscore.score;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SlicePaceTest {

  @Test
  void slicesAimAtFiveMinutes() {
    SlicePace pace = new SlicePace(0, 8);
    assertEquals(8, pace.next(10_000, 0));
    // 8 chunks in 60 s: 40 in 300 s.
    assertEquals(40, pace.next(9_992, 60));
    assertEquals(40, pace.next(9_952, 300));
    assertEquals(20, pace.next(9_912, 600));
  }

  @Test
  void growthIsBoundedBelowAndAbove() {
    SlicePace pace = new SlicePace(0, 8);
    assertEquals(8, pace.next(10_000, 0));
    assertEquals(64, pace.next(9_992, 0));
    assertEquals(8, pace.next(9_928, 1e9));
  }

  @Test
  void aShortRestJoinsTheLastSlice() {
    SlicePace pace = new SlicePace(0, 8);
    assertEquals(8, pace.next(8 + 40 + 19, 0));
    assertEquals(59, pace.next(59, 60));
    assertEquals(3, new SlicePace(0, 8).next(3, 0));
  }

  @Test
  void aFixedNumberIsKept() {
    SlicePace pace = new SlicePace(5, 8);
    assertEquals(5, pace.next(12, 0));
    assertEquals(5, pace.next(7, 1));
    assertEquals(2, pace.next(2, 1e9));
  }
}
