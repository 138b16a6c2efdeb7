"""Rules, reasons and decisions in plain words, in English and German."""
