package postgres
const workerName = "followupd worker"
