// The program of a pod's sandbox container.
module groundwork/lab/pause

go 1.26.0
