"""Where batches are driven: in this process, on Ray, or as a job of its own."""
