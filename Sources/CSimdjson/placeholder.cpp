int usher_placeholder;
