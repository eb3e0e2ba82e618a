#![doc = "`cargo fuzz run`: see README.md beside this folder."]
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ledger_fuzz::amounts::holds(bytes));
