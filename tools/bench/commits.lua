-- wrk: every connection posts expenditures of its own, one command a request.
local thread_number = 0
function setup(thread)
   thread:set("number", thread_number)
   thread_number = thread_number + 1
end
function init(arguments)
   posted = 0
   run = arguments[1]
end
function request()
   posted = posted + 1
   local body = string.format('{"type":"postExpenditure","programme":"p-0","project":"project-0",'
      .. '"expenditure":"H-%s-%d-%d","amount":"12.34","supplier":"Leverancier 123","description":"Inzet week 12",'
      .. '"bookingDate":"2021-03-04"}', run, number, posted)
   return wrk.format("POST", "/v1/commands", { ["Content-Type"] = "application/json" }, body)
end
function done(summary, latency, requests)
   io.write(string.format("RATE %f %d\n", summary.requests * 1e6 / summary.duration, summary.errors.status))
end
