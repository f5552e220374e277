--- Rows that read the dump only when a column is asked for.
-- @module vmcore.record

local record = {}

--- A maker of rows.
-- @tparam table fields functions of the row's subject by column; a column
--   without one has no value
-- @treturn function of a subject, to a row; row[1] is the subject
function record.maker(fields)
	local meta = {
		fields = fields,
		__index = function(row, key)
			local field = fields[key]
			if field then
				return field(row[1])
			end
		end,
	}
	return function(subject)
		return setmetatable({ subject }, meta)
	end
end

--- The set of items of a list that the user wrote: "1,2,3".
-- @tparam ?string list
-- @tparam ?function convert of each item; nil from it is an error
-- @treturn[1] ?table nil when there is no list
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the list: argparse takes that
function record.set(list, convert)
	if list == nil then
		return nil
	end
	local set = {}
	for item in (list .. ","):gmatch "([^,]*)," do
		local value = item
		if convert then
			value = convert(item)
		end
		if value == nil or item == "" then
			return nil, ("'%s' in '%s' is not what is wanted here"):format(item, list)
		end
		set[value] = true
	end
	return set
end

return record
