-- What wrk sends: unique, half-typed questions, at a steady rate however long answers take.
-- Arguments: a file with a text a line, requests a second (0: as fast as answered), a number to start from.

local ffi = require("ffi")
ffi.cdef [[
typedef struct { long s; long ns; } moment;
int clock_gettime(int clock, moment *now);
]]
local MONOTONIC = 1

local function now()
  local moment = ffi.new("moment")
  ffi.C.clock_gettime(MONOTONIC, moment)
  return tonumber(moment.s) * 1000 + tonumber(moment.ns) / 1e6
end

local texts, rate, number, nextSlot = {}, 0, 0, nil
statuses, withoutRetryAfter = "", 0
local counts = {}

function init(arguments)
  for line in io.lines(arguments[1]) do texts[#texts + 1] = line end
  rate = tonumber(arguments[2])
  number = tonumber(arguments[3])
  math.randomseed(number + 1)
end

-- Milliseconds to wait. Every request has its turn at a fixed moment: those that are late go at once.
function delay()
  if rate == 0 then return 0 end
  local moment = now()
  nextSlot = (nextSlot or moment) + 1000 / rate
  return math.max(0, math.floor(nextSlot - moment))
end

function request()
  number = number + 1
  local text = texts[math.random(#texts)]
  local half = text:sub(1, math.random(math.min(10, #text), #text))
  local body = '{"text":"' .. number .. "x " .. half .. '"}'
  return wrk.format("POST", "/v1/suggestions", { ["Content-Type"] = "application/json" }, body)
end

function response(status, headers)
  counts[status] = (counts[status] or 0) + 1
  if (status == 429 or status == 503) and not (headers["Retry-After"] or headers["retry-after"]) then
    withoutRetryAfter = withoutRetryAfter + 1
  end
  statuses = ""
  for code, count in pairs(counts) do statuses = statuses .. '"' .. code .. '":' .. count .. "," end
end

local threads = {}
function setup(thread) threads[#threads + 1] = thread end

function done(summary, latency)
  local errors = summary.errors
  io.stderr:write(string.format(
    '{"requests":%d,"seconds":%.3f,"broken":%d,"timeouts":%d,"p50":%.3f,"p95":%.3f,"p99":%.3f,"max":%.3f,' ..
      '"without_retry_after":%d,"statuses":{%s}}\n',
    summary.requests, summary.duration / 1e6, errors.connect + errors.read + errors.write, errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000,
    latency.max / 1000, threads[1]:get("withoutRetryAfter"), threads[1]:get("statuses"):gsub(",$", "")))
end
