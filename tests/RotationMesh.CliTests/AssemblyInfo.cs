// Every fixture has a database of its own. The tests wait for programs that they start, so more of them than there
// are processors may run at a time.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(4)]
