package lab

// The parts that tests outside the package speak to.
var (
	CPUTime    = cpuTime
	ReadFields = readFields
)
