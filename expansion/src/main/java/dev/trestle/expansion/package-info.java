/**
 * The expansion service: Java transforms for pipelines of other SDKs. A process of its own, whose
 * class path is what workers of these transforms get. Start at {@link
 * dev.trestle.expansion.ExpansionMain}. May import Beam, and nothing of Trestle.
 */
@NullMarked
package dev.trestle.expansion;

import org.jspecify.annotations.NullMarked;
