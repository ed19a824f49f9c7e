/** The time of every file of an image that has none of its own, in seconds: same input, same file. 2026-11-01T00:00:00Z. */
export const BUILD_EPOCH = 1_793_491_200;
