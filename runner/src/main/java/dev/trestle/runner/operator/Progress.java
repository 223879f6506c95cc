package dev.trestle.runner.operator;

/** What a call to do some work came to. */
public enum Progress {
  /** There was nothing to do. */
  NONE,
  /** Something was done, and there may be more. */
  MADE,
  /** There will never be anything to do again. */
  DONE
}
