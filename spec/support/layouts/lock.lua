-- The structs of locks and run queues for mklayout.lua.
return {
	{ "rwlock" }, { "sx" }, { "lock" }, { "rmlock" }, { "rm_priotracker" }, { "mtx_padalign" },
	{ "turnstile_chain" }, { "sleepqueue_chain" }, { "stack" },
	{ "rqbits" }, { "rq_status" }, { "rqhead" }, { "rq_queue" }, { "runq" },
	{ "tdq", "tdq_lock tdq_curthread tdq_load tdq_sysload tdq_transferable tdq_lowpri tdq_idx " ..
	    "tdq_ridx tdq_ts_off tdq_ts_deq_off tdq_id tdq_realtime tdq_timeshare tdq_idle " ..
	    "tdq_runq tdq_name" },
	{ "rl_q_entry" }, { "rangelock" },
	{ "vnode", "v_type v_data v_mount v_nmntvnodes v_lock v_vnlock v_rl" },
	{ "shmfd", "shm_size shm_path shm_rl shm_mtx" },
}
