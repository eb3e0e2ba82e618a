-- wrk: every connection posts expenditures of its own, one command a request. The text around a command's number is made
-- once: the server is to be measured, on the same cores.
local thread_number = 0
function setup(thread)
   thread:set("number", thread_number)
   thread_number = thread_number + 1
end
function init(arguments)
   -- As many digits in every number, so that all bodies are as long.
   posted = 1000000
   local begin = string.format('{"type":"postExpenditure","programme":"p-0","project":"project-0",'
      .. '"expenditure":"H-%s-%d-', arguments[1], number)
   after = '","amount":"12.34","supplier":"Leverancier 123","description":"Inzet week 12","bookingDate":"2021-03-04"}'
   local first = wrk.format("POST", "/v1/commands", { ["Content-Type"] = "application/json" }, begin .. posted .. after)
   before = first:sub(1, #first - #after - #tostring(posted))
end
function request()
   posted = posted + 1
   return before .. posted .. after
end
function done(summary, latency, requests)
   io.write(string.format("RATE %f %d\n", summary.requests * 1e6 / summary.duration, summary.errors.status))
end
