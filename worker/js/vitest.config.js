export default {
  test: {
    // Generous: the machine may be busy with the other suites.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
};
