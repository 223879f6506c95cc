package dev.trestle.translation.fusion;

import dev.trestle.translation.steps.StepGraph;

/**
 * Steps that only have to be poured into stages.
 *
 * @param steps with every cut made
 * @param roots of every step
 * @param precedence of the stages, free of circles
 */
record CutGraph(StepGraph steps, Roots roots, Precedence precedence) {}
