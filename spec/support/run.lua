--- Runs the spec files that are its arguments: busted with our own report.
require "busted.runner" {
	standalone = false,
	output = "spec/support/tally.lua",
}
