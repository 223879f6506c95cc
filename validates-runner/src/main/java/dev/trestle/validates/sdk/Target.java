package dev.trestle.validates.sdk;

import java.util.List;

/**
 * Where pipelines are sent, and how.
 *
 * @param endpoint host and port of the job server
 * @param environment where the SDK's code runs: LOOPBACK, PROCESS, EXTERNAL or EMBEDDED
 * @param environmentConfig what goes with the environment, or empty
 * @param options more options of each pipeline
 */
public record Target(
    String endpoint, String environment, String environmentConfig, List<String> options) {}
