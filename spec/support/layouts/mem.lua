-- The structs of memory, swap and mounts for mklayout.lua.
return {
	{ "mtx_padalign" }, { "domainset_ref" }, { "uma_hash" }, { "slabhead" }, { "uma_bucketlist" },
	{ "uma_klink" },
	{ "uma_domain" },
	{ "uma_keg", "uk_zones uk_pages uk_free uk_size uk_rsize uk_maxpages uk_ppera uk_ipers " ..
	    "uk_name uk_link uk_domain uk_flags" },
	{ "uma_bucket" }, { "uma_cache_bucket" }, { "uma_cache" }, { "uma_zone_domain" },
	{ "uma_zone", "uz_name uz_domain uz_flags uz_size uz_link uz_kegs uz_keg uz_klink uz_allocs " ..
	    "uz_fails uz_frees uz_sleeps uz_xdomain uz_max_items uz_items uz_cpu" },
	{ "malloc_type_stats" }, { "malloc_type_internal" }, { "malloc_type" },
	{ "vmmeter" }, { "vm_pagequeue", "pq_cnt pq_pdpages" },
	{ "vm_domain", "vmd_pagequeues vmd_free_count vmd_page_count" },
	{ "swdevt", "sw_flags sw_nblks sw_used sw_dev sw_id sw_list" },
	{ "g_provider", "name" }, { "g_consumer", "provider" },
	{ "nchstats" }, { "fsid" }, { "statfs" },
	{ "mount", "mnt_list mnt_flag mnt_stat mnt_vnodecovered" }, { "mntlist" },
}
