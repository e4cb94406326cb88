// Every test has a database and a virtual host of its own, and waits for processes that it starts.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(3)]
