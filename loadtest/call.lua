-- wrk's side of a run: sends prepared requests one after the other and prints what came of them as one line of JSON.
--
-- Usage: wrk … -s call.lua URL -- REQUESTS [check]
-- REQUESTS holds whole HTTP requests, each after a line with its length in bytes. With `check` every answer is read and
-- looked through, which costs wrk a good deal, so it is for a short run of its own; errors by status are counted always.

local counter = 0
local threads = {}

function setup(thread)
    thread:set("number", counter)
    counter = counter + 1
    table.insert(threads, thread)
end

local requests = {}
local place = 0
-- Where a request holds six letters that differ in every call, and the number of the next ones. It begins with the time, so
-- that no run repeats what one before it sent.
local codes = {}
local stamp = 0

function init(arguments)
    local path, check = arguments[1], arguments[2]
    local file = assert(io.open(path, "rb"))
    while true do
        local length = file:read("*l")
        if not length then break end
        requests[#requests + 1] = file:read(tonumber(length))
        codes[#requests] = requests[#requests]:match(", code ()%l %l %l %l %l %l%.")
    end
    file:close()
    -- Threads start at different places of the same list.
    place = number * 997 % #requests
    stamp = os.time() % 300 * 1e6 + number * 1e5
    checked, refused, example = 0, 0, ""
    if check == "check" then
        response = function(status, _, body)
            checked = checked + 1
            local isWrong = status ~= 200 or not body:find('"result"', 1, true) or body:find('"isError":true', 1, true)
            if isWrong then
                refused = refused + 1
                example = body:sub(1, 400)
            end
        end
    end
end

function request()
    place = place % #requests + 1
    local request, at = requests[place], codes[place]
    if not at then return request end
    stamp = stamp + 1
    return request:sub(1, at - 1) .. code(stamp) .. request:sub(at + 11)
end

function code(number)
    local letters = {}
    for index = 1, 6 do
        letters[index] = string.char(97 + number % 26)
        number = math.floor(number / 26)
    end
    return table.concat(letters, " ")
end

function done(summary, latency)
    local checked, refused, example = 0, 0, ""
    for _, thread in ipairs(threads) do
        checked = checked + thread:get("checked")
        refused = refused + thread:get("refused")
        if thread:get("example") ~= "" then example = thread:get("example") end
    end
    local errors = summary.errors
    local format = '\nRESULT {"requests":%d,"seconds":%.3f,"p50":%.3f,"p90":%.3f,"p99":%.3f,"longest":%.3f,'
        .. '"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d,"checked":%d,"refused":%d}\n'
    io.write(format:format(
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(90) / 1e3,
        latency:percentile(99) / 1e3, latency.max / 1e3,
        errors.connect, errors.read, errors.write, errors.timeout, errors.status, checked, refused
    ))
    if refused > 0 then io.write("REFUSED ", example, "\n") end
end
