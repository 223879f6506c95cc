package dev.trestle.runner.compatibility;

/**
 * Something of a step that decides whether its records and rows can be read.
 *
 * @param role what it is
 * @param name tells it from others of its role; empty where there is one
 * @param text for people
 * @param identity equal in two pipelines if, and as far as one can tell only if, one reads what the
 *     other wrote
 */
public record Part(Role role, String name, String text, String identity) {

  /** What a part is. The numbers are those of the format, and stay. */
  public enum Role {
    KEY_CODER(1, "key coder"),
    ELEMENT_CODER(2, "coder of elements"),
    ACCUMULATOR_CODER(3, "coder of accumulators"),
    WINDOWING(4, "windowing"),
    STATE(5, "state"),
    TIMER(6, "timer"),
    SOURCE(7, "source"),
    MARK_CODER(8, "coder of checkpoint marks");

    private final int number;
    private final String title;

    Role(int number, String title) {
      this.number = number;
      this.title = title;
    }

    int number() {
      return number;
    }
  }

  String title() {
    return name.isEmpty() ? role.title : role.title + " '" + name + "'";
  }

  boolean isSameThingAs(Part other) {
    return role == other.role && name.equals(other.name);
  }
}
