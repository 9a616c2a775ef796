#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pupitre_tests::decoders::named("feed_cursor")(bytes));
