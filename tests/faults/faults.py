"""Everything that can go wrong, what must happen then, and the test that shows it. `faults.py` writes the page
nbs/testing/faults.md; `faults.py --run` runs every test that is named here first, and the page says what was seen.
A test here that is no longer there fails test_fault_list.py."""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGE, SEEN = ROOT / 'nbs' / 'testing' / 'faults.md', Path(__file__).with_name('seen.json')


class Fault(NamedTuple):
    "One thing that goes wrong"

    group: str
    fault: str
    expected: str
    test: str  # file::name below tests/


def rows(group: str, text: str) -> list[Fault]:
    "Faults of a group, a line each: fault | expected | test"
    return [Fault(group, *map(str.strip, line.split(' | '))) for line in text.strip().splitlines()]


FAULTS = [
    *rows(
        'processes and disks',
        """
kill -9 of a training at 8 instants and at its first 12 calls to the disk | resumed to the same bits: weights, optimiser, log | faults/test_kills.py::test_twenty_kills_lose_nothing
kill -9 at 200 instants, 0 and 2 workers | the same | faults/test_kills.py::test_two_hundred_kills_lose_nothing
kill -9 of the real command | the same | faults/test_kills.py::test_the_real_command_is_killed_and_goes_on
kill -9 while a checkpoint is written | the same | test_train_loop.py::test_killed_at_any_instant
kill between the two renames of a folder | the old folder or the new one, never none | test_train_sealed.py::test_dying_at_any_call_leaves_old_or_new
a link to a folder in the place of litter in a run | the link goes, what it points to stays | test_train_runs.py::test_litter_that_is_a_link_is_cleared
the same among the parts of a gallery | left out, and said | test_show_growing.py::test_a_link_among_the_parts_is_left_out
kill while a file is replaced | the old file or the new one | faults/test_kills.py::test_a_file_killed_at_any_call_is_the_old_or_the_new_one
kill while a cache is built | the next build gives the same pixels | faults/test_kills.py::test_a_cache_killed_at_any_call_is_built_by_the_next
Ctrl-C while a cache is built | whole shards stay, the build goes on | test_data_cache.py::test_an_interrupted_build_goes_on
fsync left out of a file, a folder, or before the log's mark | counted: every name and byte is waited for | test_train_sealed.py::test_every_name_and_byte_is_waited_for
fsync left out of atomic_write, of its file or its folder | counted | test_core.py::test_the_bytes_are_on_the_disk_before_the_name
fsync left out before the log's mark | counted | test_train_runs.py::test_what_a_log_promises_is_on_the_disk
files are written in several threads | the mask of the process is not touched, no file can be written by all | test_core.py::test_a_file_stays_as_private_as_it_was
two exports into one file at once; one into a file that others may not read | the second waits; it stays as closed as it was | test_train_export.py::test_an_export_is_private_to_its_writer_and_on_the_disk
fsync left out of drawn pictures, of their file or their folder | counted | test_world_imagesets.py::test_drawn_pictures_are_on_the_disk_before_their_name
a report that others may not read is written again | they still may not, from its first byte on | test_core.py::test_a_file_stays_as_private_as_it_was
no room in the middle of a row of times or of a curve | the row is taken back, and said; what a killed writer left goes when the next row is added | test_files.py::test_a_row_after_a_piece_of_a_row_can_be_read
checkpoint empty, cut, with a flipped bit | refused by its hash, the one before is used | test_train_checkpoints.py::test_damaged_checkpoints_are_passed_over
every single flipped bit of a sealed folder | noticed | test_train_sealed.py::test_every_flipped_bit_is_noticed
all checkpoints damaged | an error, nothing is overwritten | test_train_checkpoints.py::test_damaged_checkpoints_are_passed_over
a pickle offered as checkpoint | refused, never executed | test_train_sealed.py::test_pickles_are_never_loaded
safetensors whose header's length looks like a pickle | read | test_train_sealed.py::test_pickles_are_never_loaded
a checkpoint of another architecture | one message with the keys that differ | test_train_loop.py::test_faults_are_sentences
a seal around what no run wrote: empty optimiser, edited step, other shapes | refused by part | test_train_loop.py::test_a_seal_does_not_make_a_checkpoint
a seal around NaN, integers, no step, endless brackets | refused | test_train_checkpoints.py::test_a_seal_does_not_make_a_checkpoint
a file system that is full: training, sealed folder, report | said; the checkpoint before is whole; it goes on when there is room | faults/test_kills.py::test_a_file_system_that_is_really_full
disk full while a checkpoint is written | the one before is whole | test_train_checkpoints.py::test_a_full_disk_leaves_the_checkpoint_before
no room for a checkpoint | said before the first step | test_train_runs.py::test_no_room_is_said_at_once
a limit on the size of files | the old file stays, no litter | faults/test_processes.py::test_a_limit_on_sizes_is_a_full_disk
output below a file, a pipe, a looping link, a name too long | one sentence before any work, exit 2 | faults/test_processes.py::test_outputs_that_cannot_be_written_are_said_before_any_work
a file system that is read-only: training, archive, report, sealed folder, commands | said before any work; nothing there changes | faults/test_kills.py::test_a_file_system_that_is_really_read_only
read-only output, write-protected file, of a system that only says so (mocked) | one sentence before any work | test_core.py::test_an_output_is_tried_before_the_work
unwritable output of every command | one sentence before any work, exit 2 | test_app_cli.py::test_every_output_is_tried_before_the_work
a gallery, or any folder that is replaced as a whole, at `.` or `..` | a sentence before any work | test_show_gallery.py::test_a_gallery_needs_a_name
an output that is the drawing asked with, or another output, by whatever path | a sentence before any work | test_app_engine.py::test_no_output_is_an_input_or_another_output
the folder of a run is moved while it trains | said; nothing begins beside the log; where it is now it goes on to the same bits | faults/test_ordinary_days.py::test_a_run_whose_folder_goes_away_says_so[moved]
the folder of a run is removed while it trains | said at the next checkpoint; not begun anew | faults/test_ordinary_days.py::test_a_run_whose_folder_goes_away_says_so[removed]
a photo cannot be read in the middle of a training, with workers or without | a sentence, not a worker's traceback | test_train_workers.py::test_batches_in_order_and_workers_gone
two that fill one table | the second refuses | faults/test_ordinary_days.py::test_two_that_fill_one_table
two evaluations that keep the same features at once | the second waits, and finds them kept | test_measure_features.py::test_two_evaluations_may_keep_the_same_features_at_once
an error of the first of a team that nobody foresaw, while the others wait | all end; its traceback is shown once | test_train_loop.py::test_an_error_of_the_first_process_ends_all
another of a team fails, or is killed, while the first waits | the first says which, and why if it was told; exit 2 | test_train_processes.py::test_the_others_hear_why_a_process_ended
Ctrl-C, or a second SIGTERM, in one of a team | the first says so, and not that it was killed | test_train_processes.py::test_the_others_hear_why_a_process_ended
a process fails while several write into Milvus | the first says which and why, exit 2; nothing is deleted | test_show_milvus.py::test_a_process_that_fails_is_named_by_the_first
a lock's number now belongs to a process whose name is no text | read as any other | faults/test_ordinary_days.py::test_a_name_of_a_process_need_not_be_text
two runs on one folder | the second refuses | test_train_loop.py::test_faults_are_sentences
a dead owner's lock, a number used again, pid 2**70 | taken over | test_train_runs.py::test_locks
two containers with one host name, each with its own numbers of processes, train in one folder | the second refuses; after kill -9 of the first it does not | test_train_runs.py::test_a_living_owner_is_living_whatever_its_number_says
six takers of one dead lock | one gets it | test_train_runs.py::test_of_many_takers_one_gets_a_dead_lock
a link in the place of the lock or of a trial file | not followed | test_train_runs.py::test_locks
a link or a pipe in the place of a log | not followed, not waited for | test_files.py::test_lines_are_added_through_no_link
a pipe in the place of a configuration, a log or a lock that is read | a sentence, not waited for | test_train_runs.py::test_a_pipe_in_the_place_of_a_file_is_not_waited_for
links in the place of an output, of a sealed folder, or of what its writer puts beside it | replaced; what they point to stays | faults/test_fresh_eyes.py::test_links_in_the_way_of_a_writer_are_not_followed
a link that appears while a file is written | replaced | faults/test_fresh_eyes.py::test_a_link_that_appears_while_a_file_is_written
a link in the place of the lock of an index | a sentence | faults/test_fresh_eyes.py::test_the_lock_of_an_index_follows_no_link
an index that begins in the moment in which another ends | it has the lock, and its parts stay | test_show_growing.py::test_a_run_that_begins_when_another_ends_keeps_its_lock
a line of a log that its writer could not end | left out; any other is named | faults/test_fresh_eyes.py::test_lines_that_a_dead_writer_left
a clock that jumps, forward and back | the same bits | faults/test_fresh_eyes.py::test_a_clock_that_jumps_changes_no_training
a disk that is full while a gallery is written | the old gallery is whole | faults/test_fresh_eyes.py::test_a_disk_that_is_full_while_a_gallery_is_written
log deleted, cut, edited | kept aside, said, the run goes on | test_train_runs.py::test_a_log_is_cut_back
configuration not UTF-8, a list, a string, without a method | a sentence | test_study_runs.py::test_odd_configurations_are_sentences
Ctrl-C, SIGTERM, a terminal that closes | a checkpoint at the step's edge, workers gone, 128 + signal | test_train_loop.py::test_ctrl_c_in_a_terminal
Ctrl-C twice in a training, at once | obeyed at once: no traceback, no worker, no lock left; it goes on to the same bits | faults/test_hard_places.py::test_ctrl_c_twice_in_a_training[0]
Ctrl-C twice, a fiftieth of a second apart | the same | faults/test_hard_places.py::test_ctrl_c_twice_in_a_training[0.02]
Ctrl-C twice, a fifth of a second apart | the same | faults/test_hard_places.py::test_ctrl_c_twice_in_a_training[0.2]
Ctrl-C twice while the rooms of a command are loaded | ended without a word | faults/test_hard_places.py::test_ctrl_c_before_the_command_has_begun[sketch_lvm.app.cli]
Ctrl-C twice while its last rooms are loaded | the same | faults/test_hard_places.py::test_ctrl_c_before_the_command_has_begun[sketch_lvm.app.measurecommands]
Ctrl-C while Python clears away what has ended | the same | faults/test_hard_places.py::test_ctrl_c_while_a_command_ends
/dev/shm of 4 kB, as in small containers | said before a worker is started; without workers it trains, and the mini world is drawn | faults/test_hard_places.py::test_no_memory_that_processes_share[4k]
/dev/shm that takes nothing | the same | faults/test_hard_places.py::test_no_memory_that_processes_share[read-only]
an export killed at any call | the old file or the new one; the next removes what is left beside it | faults/test_hard_places.py::test_an_export_killed_at_any_call_leaves_the_old_file_or_the_new_one
two quickstarts into one folder | the second refuses, the first loses nothing | faults/test_hard_places.py::test_two_quickstarts_at_once
two measurements saved into one file at once, of `bench` or `quickstart` | all rows are kept | faults/test_hard_places.py::test_two_measurements_that_are_saved_at_once_are_both_kept
six programs that add to one file of results | the same | test_files.py::test_of_many_who_add_to_one_file_none_loses_a_row
the main process is killed | its workers go with it | test_train_workers.py::test_workers_go_with_the_main_process
a worker is killed | a sentence; the run can be taken up | test_train_loop.py::test_a_killed_worker_is_a_sentence
memory of the GPU runs out | a message with the flag that helps | test_train_loop.py::test_faults_in_steps
""",
    ),
    *rows(
        'numbers',
        """
the loss or a gradient is not finite | stops before the optimiser, names step and items | test_train_loop.py::test_faults_in_steps
features that are NaN, infinite or zero | refused with their ids | test_measure_metrics.py::test_refusals_and_exclusions
ties | stated rule, whatever the order of the gallery | test_measure_metrics.py::test_nothing_but_the_content_matters
ties by id | as the ids say | test_measure_metrics.py::test_stable_ties_follow_the_ids
a query class without photos | left out, counted and said; strict raises | test_measure_metrics.py::test_refusals_and_exclusions
a gallery smaller than k | said in the report | test_measure_metrics.py::test_by_hand_on_five_photos
1,000 random cases | equal to brute force in 64 bits, in pieces of any size | test_measure_metrics.py::test_against_brute_force
scikit-learn's average precision | the same | test_measure_metrics.py::test_against_sklearn
macro mean in the place of the mean, or the other way | noticed | test_measure_metrics.py::test_a_class_counts_once_in_the_macro_mean
order, batches, pieces, names, mirrored and doubled photos | the result stays, or moves by the stated rule | faults/test_metamorphic.py::test_names_of_classes_and_scale_change_nothing
a drawing embedded as a photo | noticed | test_show_gallery.py::test_drawings_are_embedded_as_drawings
public code that returns 0 for negative scores | shown, never used | test_measure_publicbugs.py::test_each_bug_moves_the_number
random weights | said in every output | test_clip_backbone.py::test_backbones_are_frozen_and_labelled
the activation of a tag | its own | test_clip_weights.py::test_every_tag_gets_its_own_activation
""",
    ),
    *rows(
        'pictures',
        """
truncated, empty, HTML or TIFF by another name, HEIC, LFS pointer | listed at scan time, with the reason | test_data_images.py::test_broken_files_are_refused_by_name
the same, without a cache | found at the start, not at step 4,000 | test_data_realsets.py::test_without_a_cache_broken_files_are_found_at_the_start
a PNG that ends early behind right checksums | refused | test_data_damage.py::test_pixels_that_end_early_are_refused
damage that only checksums see | refused | test_data_damage.py::test_checksums_catch_what_decoding_does_not
a damaged JPEG | found where it can be; else said in words | test_data_damage.py::test_a_damaged_jpeg_is_found_where_anything_can_be_found
a JPEG of which the second decoder dies | named; the rest is looked at | test_data_damage.py::test_a_file_that_ends_the_second_decoder_is_named
modes 1, L, LA, P, RGBA, CMYK, I;16, F | right pixels | test_data_images.py::test_golden_pixels_of_every_mode
animations | the first frame | test_data_images.py::test_photos_and_animations
EXIF 1 to 8 | upright | test_data_images.py::test_all_eight_orientations
1 x 1 and 1 x 10,000 | fitted | test_data_images.py::test_fitting_keeps_what_it_says
a drawing on a strip of paper, 16,000 x 60 | no page of its length is made | test_show_drawing.py::test_a_long_strip_of_paper_takes_no_page_of_its_length
a see-through picture of as many pixels as are allowed | laid on white in strips | test_data_images.py::test_strips_of_a_see_through_picture_are_as_the_whole
eight threads meet eight of the largest pictures | two are decoded at once | test_data_images.py::test_threads_share_an_allowance_of_pixels
decompression bombs | refused before decoding | test_data_images.py::test_broken_files_are_refused_by_name
a format that is not on the list, EPS for one | refused, no program is started | test_data_images.py::test_only_the_formats_asked_for_are_opened
an empty drawing, one point, unequal lengths, a million points, 3-D, broken lines, cut gzip | line number in the error, good lines kept | test_data_quickdraw.py::test_broken_drawings_are_named_by_line
a drawing with coordinates of 1e308 | refused, as the scan says | test_data_quickdraw.py::test_coordinates_beyond_any_page_are_named
a compressed bomb of drawings | not unpacked | test_data_quickdraw.py::test_a_compressed_bomb_is_not_unpacked
damaged lines of drawings | refused or read | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[ndjson]
damaged records of drawings | refused or read | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[bin]
""",
    ),
    *rows(
        'data sets',
        """
names with quotes, spaces, #, unicode, very long, twins in another case | taken as they are, or said | test_data_folders.py::test_strange_names
link loops, pipes, stray files | the scan ends and says so | test_data_folders.py::test_a_folder_with_every_fault
unreadable folders | reported | test_data_folders.py::test_unreadable_folders_are_reported
.DS_Store, __MACOSX, checkpoints of notebooks | ignored and counted | test_data_folders.py::test_a_folder_with_every_fault
a class seen and unseen, the same bytes on both sides | an error that names them | test_data_folders.py::test_leaks_are_named
the same photo on both sides of a split | an error | test_data_realsets.py::test_the_same_photo_on_both_sides_is_an_error
two spellings of a class | one class, said | test_data_columns.py::test_spellings_of_a_class
sketches without photos | said by verify | test_data_verify.py::test_verdicts_name_what_is_wrong
a file changed under its cache | decoded again | test_data_cache.py::test_a_changed_file_is_never_stale
a flipped or cut shard | built again, never used | test_data_cache.py::test_a_damaged_shard_is_never_used
two processes build one cache | one cache | test_data_cache.py::test_two_processes_build_one_cache
a disk that locks nothing | rows are added, features kept, photos indexed all the same | test_files.py::test_a_disk_that_locks_nothing_is_written_all_the_same
the same while photos are indexed | no other process is blamed | test_show_growing.py::test_where_nothing_can_be_locked_photos_are_indexed
a disk that fails while a run's folder is locked | a sentence; only a disk that says it has no locks is used without | test_train_runs.py::test_a_disk_that_fails_is_not_one_without_locks
cache or HOME that cannot be written | a sentence, or a temporary place | test_core.py::test_a_cache_that_cannot_be_written
what somebody named cannot be noted in the cache, or the note is damaged | said, or asked once more; the training goes on | test_study_experiments.py::test_a_note_that_cannot_be_kept_stops_nothing
the same when runs on the disk are looked through | those that need no note are found | test_study_choice.py::test_a_damaged_note_of_consent_hides_no_run
no HOME at all | the help is still there | faults/test_processes.py::test_half_a_launch_and_no_home_are_sentences
more broken files than fit the screen | all are in the record | test_data_verify.py::test_every_broken_file_is_in_the_record
a list of files that is a bomb, cut, or no text | a sentence | faults/test_fresh_eyes.py::test_a_list_that_is_a_bomb_cut_or_no_text
a caption or a list that is no text | noted, or a sentence | faults/test_fresh_eyes.py::test_a_caption_that_is_no_text_is_noted
drawn pictures in the cache that were cut | drawn again | faults/test_fresh_eyes.py::test_a_picture_set_that_was_cut_is_drawn_again
a drive that goes away during the close look at its pictures | they are named with what the system says, and not as damaged | test_data_damage.py::test_a_drive_that_goes_away_is_no_damage
a drive that goes away while its photos are indexed | the gallery that is there stays, and it is said; what was embedded is taken up | test_show_growing.py::test_photos_that_the_system_does_not_show_are_not_given_up
a drive that goes away, or a limit of the system, while a gallery or the parts of an earlier run are read | they stay, and the system's reason is said | test_show_growing.py::test_what_the_system_does_not_let_be_read_stays
a gallery that is replaced while it is opened | what is there now is opened, and nothing of both | test_show_keeping.py::test_a_gallery_that_is_replaced_while_it_is_read_is_read_once_more
so many new photos that their parts are more than files may be open in a shell | indexed, the process lets itself open more | test_show_growing.py::test_parts_may_be_more_than_files_may_be_open
photos of which none could be read while they were indexed, and now can | looked at again by the next run | test_show_growing.py::test_photos_of_a_part_that_could_not_be_read_are_looked_at_again
a gallery that is to lie among its photos | refused: its files would be taken for drawings by the next indexing | faults/test_ordinary_days.py::test_no_gallery_among_its_photos
another folder, or one that lacks most of the photos, is indexed into a gallery | refused before anything is embedded; --replace says that it is meant | test_show_growing.py::test_photos_of_another_folder_do_not_take_the_place_of_a_gallery
the same where all is embedded anew: another encoder, a gallery that does not know its files | refused; a folder that cannot be looked at, too | test_show_growing.py::test_where_all_is_embedded_anew_lacking_photos_are_refused_too
the same in Milvus, by another encoder | refused, the collection stays | test_show_milvus.py::test_milvus_answers_as_the_exact_search_does
a photo of it that the system does not let be opened | refused, the collection stays | test_show_milvus.py::test_a_collection_is_not_dropped_for_photos_that_cannot_be_opened
a gallery that a run made is brought up to date without a word on the encoder, and `auto` takes another | refused, with how to name it | test_app_indexcommand.py::test_auto_takes_no_gallery_from_the_encoder_that_made_it
the same where a run was killed before there was a gallery | the same | test_app_indexcommand.py::test_auto_leaves_the_parts_of_another_encoder
the same of a gallery in Milvus | the same | test_app_indexcommand.py::test_auto_drops_no_collection_of_another_encoder
photos of a data set are indexed into a gallery of a folder | the same | test_app_indexcommand.py::test_a_folder_is_indexed_and_searched
a photo is edited and keeps its size and time (exiftool -P) | found; of a gallery that knew no more than these nothing is embedded anew | test_show_growing.py::test_an_old_gallery_learns_what_it_did_not_know_of_its_files
links that lead out of a folder of photos, to private ones say | left out and counted; followed where there is nothing else, or with --follow-links | test_show_index.py::test_links_out_of_a_folder
such links were once followed, and the gallery holds what they led to | the gallery stays, and --follow-links is named | test_show_growing.py::test_photos_that_came_by_links_stay_until_it_is_said
an array that was cut | is none | test_plain.py::test_an_array_that_was_cut_is_none
twins in unicode, names of devices, a line end in a name | stay apart, are read | faults/test_fresh_eyes.py::test_twins_in_unicode_and_names_of_devices_stay_apart
""",
    ),
    *rows(
        'archives and downloads',
        """
.., absolute paths, links, devices, pipes, names twice | nothing outside the target, nothing kept | test_data_archives.py::test_hostile_archives_leave_nothing
bombs, too many entries, sizes that lie, cut files, wrong sha256, passwords | refused, nothing kept | test_data_archives.py::test_bombs_cuts_and_wrong_hashes
a tar cut anywhere | refused | test_data_archives.py::test_a_cut_tar_is_refused_wherever_it_is_cut
stopped by SIGTERM, Ctrl-C, kill -9 | nothing left, or cleared by the next | test_data_archives.py::test_a_stopped_extraction_leaves_nothing
no room, read-only, a file in the way | a sentence | test_data_archives.py::test_what_stops_an_extraction_is_said
damaged archives | refused or unpacked, nothing else left | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[archive]
weights that are not here, OFFLINE | the exact way to get them, no network | test_clip_backbone.py::test_missing_weights_say_how_to_get_them
weights without a byte | called empty | faults/test_fresh_eyes.py::test_weights_without_a_byte_are_called_empty
a notebook that asks the network | fails, where the tools run it | faults/test_network.py::test_a_notebook_that_asks_the_network_fails
a hub that does not answer | left after seconds | test_clip_weights.py::test_a_silent_hub_is_left_after_seconds
any test that asks the network | fails | faults/test_network.py::test_the_network_raises_here_and_in_processes
""",
    ),
    *rows(
        'what strangers write',
        """
a gallery behind a good seal: NaN, zeros, other lengths, EPS thumbnails, endless brackets | refused | test_show_keeping.py::test_a_seal_is_no_proof
a gallery of another kind | refused | test_show_keeping.py::test_a_seal_is_no_proof
a gallery whose ids are a/a/a/..., or longer than any path | refused | test_show_keeping.py::test_ids_are_paths_of_a_length
the same in Milvus | the app lists the folders that can be asked for, and no more | test_app_finder.py::test_folders_above_photos_are_counted_and_fill_no_memory
a gallery that names a backbone, a file or a run | opens nothing without --trust | test_show_gallery.py::test_a_gallery_opens_nothing_by_itself
the same gallery is brought up to date | nothing is fetched without --trust | test_app_indexcommand.py::test_a_gallery_fetches_no_weights_unless_it_is_trusted
a run that names a backbone: an address, a path, weights to be fetched | opens nothing without --trust, but what is at hand, in its folder, or was named here before | test_study_runs.py::test_a_run_opens_no_backbone_by_itself
a path in a run's folder that a link leads out of | not opened | test_clip_names.py::test_what_lies_in_a_folder_lies_there_wherever_links_lead
a command that opens a run and has no --trust | there is none | test_app_cli.py::test_every_command_that_opens_a_run_asks_for_trust
an encoder's folder with odd entries, NaN, integers, absurd depth | refused | test_train_share.py::test_a_hostile_configuration_is_refused
an encoder that asks for 3 TB | refused before memory is given | test_train_share.py::test_no_memory_is_given_to_what_a_folder_asks_for
one number that makes a large tensor: arange, eye, repeat, a size by its name | the same | test_train_share.py::test_no_number_alone_makes_a_large_tensor
an encoder's tensors | refused | test_train_share.py::test_hostile_tensors_are_refused
an encoder that names a backbone | starts no download | test_train_share.py::test_a_folder_starts_no_download
an exported tower that is none | refused | test_train_exported.py::test_what_is_no_exported_tower_is_refused
a small exported file that names the largest tower | refused before a number of it is there | test_train_exported.py::test_no_tower_is_built_for_its_name_alone
a sealed folder, its seal or a JSON file that is larger than memory: a hundred gigabytes take no room | refused by its size, nothing is read | test_train_sealed.py::test_a_folder_larger_than_memory_is_not_read
any file that is read in one piece, larger than memory | the same | test_core.py::test_a_file_larger_than_memory_is_not_read
a flipped bit in the frame of a study's answers, a version of zip that there is not | a sentence | test_study_answers.py::test_a_damaged_byte_in_the_frame_of_answers_is_a_sentence
a picture, a list or a caption with a hole of 64 GiB behind it | refused by its size, nothing is read | test_data_images.py::test_a_file_that_no_picture_fills_is_not_read
the same among photos to be indexed | left out, and said | test_show_growing.py::test_a_file_that_no_photo_fills_is_left_out
hundreds of thousands of files beside the photos of a gallery | ten thousand are named, the rest is counted; it can be read | test_show_keeping.py::test_a_gallery_beside_a_million_other_files_can_be_read
answers of a study that unpack without end | not unpacked | test_study_answers.py::test_answers_that_unpack_without_end_are_not_unpacked
a flipped bit in an exported file: of a weight that stays finite, of a mean, anywhere | noticed by its own digest; a file without one is used with a caution | test_train_exported.py::test_a_flipped_bit_anywhere_in_an_exported_file_is_noticed
a report with any field of a wrong type | shown, or refused by its name | test_measure_report.py::test_a_report_with_a_wrong_field_is_refused
per-query results that are none | refused | test_measure_perquery.py::test_per_query_results_come_back_and_wrong_ones_are_refused
escape sequences in class and file names | shown as text | test_core.py::test_nothing_shown_commands_a_terminal
escape sequences in any output | shown as text | test_app_terminal.py::test_only_text_reaches_the_terminal
line ends in names of photos and classes | begin no line of a list | test_show_search.py::test_names_forge_no_line_and_are_no_formulas
line ends in the name of a file of strokes | the same | test_show_drawing.py::test_a_name_of_a_file_begins_no_line
signs without width, letters of tags | shown; joiners stay where scripts and emoji need them | test_core.py::test_nothing_shown_commands_a_terminal
damaged checkpoints, three of four with a seal that fits | refused or whole | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[checkpoint]
damaged galleries, three of four with a seal that fits | refused or whole | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[gallery]
damaged configurations | refused or read | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[configuration]
damaged reports | refused or shown | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[report]
an entry that nobody knows, in a gallery or a gallery's parts | named, with the file and the version of its format | test_show_keeping.py::test_entries_of_a_gallery_that_nobody_knows_are_named
the same in an encoder's folder | named; what version 1 put beside the rest is read as it was | test_train_share.py::test_an_encoder_of_another_version_is_read_or_said_to_be_newer
the same in an exported file | named | test_train_exported.py::test_what_is_no_exported_tower_is_refused
the same in the configuration of a run, also below method and split | named; what older programs wrote is read; a newer version is said | test_study_runs.py::test_entries_of_a_run_that_nobody_knows_are_named
the same in a plan of a study | named; those kept before plans had a version are read | test_study_studyplan.py::test_entries_of_a_plan_that_nobody_knows_are_named
the same in a table, or of another shape | named; those kept before tables had a version are read | test_study_tablestate.py::test_a_kept_table_of_another_shape_is_named
the same in a tuning, or of another shape | named | test_study_tune.py::test_a_kept_tuning_of_another_shape_is_named
the same in a checkpoint | named; the one before is not used without a word | test_train_checkpoints.py::test_entries_of_a_checkpoint_that_nobody_knows_are_named
the same in a report | named | test_measure_report.py::test_a_report_with_a_wrong_field_is_refused
the same in per-query results | named | test_measure_perquery.py::test_per_query_results_come_back_and_wrong_ones_are_refused
the same in a lock | named; the lock stays | test_train_runs.py::test_a_lock_that_says_more_than_is_known_stays
the same in kept features | named, removed, embedded again | test_measure_features.py::test_kept_features_that_are_not_as_written_are_named_and_removed
the same in remembered hashes | hashed again | test_data_cache.py::test_hashes_are_remembered_but_never_wrong
a file of a newer version | "written by a newer version" | test_fields.py::test_unknown_entries_and_newer_versions_are_said
a gallery of a newer version where one is to grow | not replaced | test_show_growing.py::test_a_gallery_of_a_newer_version_is_not_replaced
an encoder of a newer version, or anything that is none, where one is to be written | not replaced | test_train_share.py::test_what_else_lies_at_a_place_is_not_lost
an exported file of a newer version where one is to be written | not replaced | test_train_export.py::test_a_file_of_a_newer_version_is_not_replaced
Milvus cannot say what a collection is, or a file cannot be opened | the error itself, and the file is let go | test_show_milvus.py::test_what_fails_is_said_and_let_go_of
damaged locks | taken over or refused | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[lock]
damaged shards of the pixel cache | the right pixels | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[shard]
damaged encoders, seals that fit the damage | refused or finite tensors | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[encoder]
damaged exported towers | refused or finite vectors | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[exported]
words of an array whose letters are none | refused, where Python itself fails | test_plain.py::test_a_damaged_head_is_refused_and_nothing_else_is_said
damaged results of single sketches | refused or whole | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[perquery]
damaged files of strokes | refused or drawn | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[strokes]
inputs that once got through, by their bytes | refused or answered | faults/test_fuzz.py::test_what_once_got_through_stays_refused
more than five seconds or 256 MB for one damaged input | seen by the judge of all of these | faults/test_fuzz.py::test_the_judge_sees_what_no_input_may_do
a foreign file in an old gallery | not deleted | test_show_gallery.py::test_galleries_are_kept_and_refuse
JSON in which the last of many thousand names comes twice | refused at once | test_plain.py::test_a_name_that_comes_twice_is_found_at_once
JSON larger than any honest file of its kind, or a device in its place | refused before it is read | test_files.py::test_files_that_never_end_are_not_read
JSON with NaN | refused by every reader | faults/test_fresh_eyes.py::test_odd_json_is_refused_by_every_reader[NaN]
JSON with infinity | refused by every reader | faults/test_fresh_eyes.py::test_odd_json_is_refused_by_every_reader[infinity]
JSON with too large | refused by every reader | faults/test_fresh_eyes.py::test_odd_json_is_refused_by_every_reader[too large]
JSON with a million digits | refused by every reader | faults/test_fresh_eyes.py::test_odd_json_is_refused_by_every_reader[a million digits]
JSON with two of one name | refused by every reader | faults/test_fresh_eyes.py::test_odd_json_is_refused_by_every_reader[two of one name]
JSON with brackets | refused by every reader | faults/test_fresh_eyes.py::test_odd_json_is_refused_by_every_reader[brackets]
a seal that holds a name twice | damaged | faults/test_fresh_eyes.py::test_a_seal_with_a_name_twice_is_damaged
a gallery that is renamed, replaced and deleted while it is open | goes on as it was | faults/test_fresh_eyes.py::test_a_gallery_that_is_moved_while_it_is_open
a gallery that is cut in place while it is open (rsync --inplace) | it was read when it was opened: it answers as before | faults/test_fresh_eyes.py::test_a_small_gallery_that_is_cut_in_place_while_it_is_open
the same, with files of more than 64 MB, which are mapped | a sentence at the next use; the process goes on | faults/test_fresh_eyes.py::test_a_large_gallery_that_is_cut_in_place_while_it_is_open
the same in the middle of a search | a sentence at the next block; within a block the process ends (not promised) | faults/test_fresh_eyes.py::test_a_large_gallery_that_is_cut_between_two_blocks_of_a_search
a place that opens a file beside the doors | has to be argued | faults/test_doors.py::test_every_place_that_opens_a_file_is_argued
""",
    ),
    *rows(
        'notebook and app',
        """
a class called <img src=x onerror=alert(1)> | text everywhere | test_show_gallery.py::test_hits_are_what_they_say
the same in tables and figures | text | test_data_items.py::test_names_stay_text_and_figures_work
a class or an encoder called $\\nosuch$ | text in every figure, no formula | test_show_search.py::test_names_forge_no_line_and_are_no_formulas
messages of wrong type, a million points, NaN, traits out of range | checked, capped, answered | test_show_pad.py::test_a_pad_takes_no_more_than_a_drawing
damaged messages to the pad | never an exception | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[pad]
an empty page, a dot, strokes outside | no exception | test_show_pad.py::test_strokes_are_cut_at_the_edge
no browser | a static picture | test_show_widgets.py::test_pages_with_sliders_run_as_programs
UMAP missing, fewer points than neighbours, all equal | PCA, said in the plot | test_look_geometry.py::test_projections_say_what_they_are
strangers ask the app: other hosts, origins, types, sizes, rates | refused | test_app_web.py::test_strangers_are_refused
paths out of the folder | 404 | test_app_web.py::test_only_what_is_listed_is_served
another user of the machine asks the app | refused without the token, which no command line holds | test_app_web.py::test_the_browser_is_opened_through_a_private_file
who is refused, or was answered and asks no more | let go at once; after ten seconds | test_app_web.py::test_who_rests_after_an_answer_is_let_go
a hundred connections that do not ask, or do not end their heads | let go after ten seconds; then others are answered | test_app_web.py::test_who_holds_connections_keeps_nobody_out
damaged requests, damaged pictures among them | answered, never 500 | faults/test_fuzz.py::test_damaged_input_is_answered_or_refused[app]
many ask at once why a photo was found | a thread of its own and a few who wait, the rest are refused (429); who draws waits for none of them | test_app_web.py::test_why_a_photo_was_found_is_answered_beside_the_questions
a folder is read for minutes; a second page wants it, a third another one | read once for both; the third is opened meanwhile | test_app_shelf.py::test_a_place_that_is_read_for_long_holds_up_no_other
two threads load models at once, each with the way to the network shut | afterwards it is as it was | test_clip_weights.py::test_two_threads_leave_the_way_to_the_network_as_it_was
a port that is taken, a host that is none | said, before any photo is embedded | test_app_web.py::test_a_taken_port_is_said
photos and gallery go away under an open app; it is stopped while pages hold connections | answers go on; it ends in twelve seconds at most | faults/test_ordinary_days.py::test_an_app_whose_photos_go_away_and_that_is_stopped_with_pages_open
the server of Milvus goes away under an open app | a sentence, status 503 | faults/test_hard_places.py::test_a_server_of_photos_that_goes_away_under_an_open_app
""",
    ),
    *rows(
        'command line and configuration',
        """
unknown options, wrong types, negative rates, typos | all in one message, nearest name, exit 2, no weights loaded | test_app_cli.py::test_all_mistakes_of_a_command_in_one_message
mistakes of a method | all at once | test_methods_catalogue.py::test_all_mistakes_at_once
a batch of 1,000,000,000 | refused | test_methods_building.py::test_no_batch_beyond_the_data
a seed of 2**200, NUL in a path | a sentence | test_app_engine.py::test_what_the_system_refuses_is_a_sentence
a drive that fails, is stale or not connected; whatever else the system refuses | a sentence with the file and the system's words, exit 2 | test_app_engine.py::test_what_the_system_refuses_is_a_sentence
RANK alone, WORLD_SIZE=x | a sentence, exit 2, in JSON, too | faults/test_processes.py::test_half_a_launch_and_no_home_are_sentences
stdout closed, full, or ASCII only | no traceback | faults/test_processes.py::test_streams_may_be_closed_full_or_narrow
a reader that leaves | no traceback | faults/test_processes.py::test_a_reader_that_leaves_is_no_error
few open files, private files, no locale, no temporary folder, no asserts, no home | photos are indexed and found | faults/test_ordinary_days.py::test_photos_are_indexed_and_found_wherever[few open files]
a list with a mark of the byte order, or lines that end as on Windows | read as any other | faults/test_ordinary_days.py::test_lists_that_another_editor_saved
memory that runs out, of numpy's arrays or PyTorch's | a sentence with the options that help | test_app_engine.py::test_what_the_system_refuses_is_a_sentence
`ulimit -v` under which PyTorch cannot be loaded | a sentence that names the limit, exit 2 | faults/test_hard_places.py::test_a_limit_on_memory_is_a_sentence
a table whose probes its data cannot answer | refused before a folder is made | faults/test_hard_places.py::test_a_table_that_cannot_begin_leaves_no_folder
no device is said, or auto: tune, pretrain | the one that is there; none on which it would not run | faults/test_hard_places.py::test_commands_that_are_told_no_device
the folder in which one stands is gone | a sentence | faults/test_ordinary_days.py::test_a_folder_that_is_gone_under_ones_feet
a part of the data asked for a whole table whose rows ask for parts | refused | test_study_tableplan.py::test_a_plan_is_checked_without_loading_anything
a row that asks for more classes than there are | names itself | test_study_tableplan.py::test_a_row_that_asks_for_more_classes_names_itself
exit code in JSON | equal to the process's | test_app_engine.py::test_what_the_system_refuses_is_a_sentence
a file that is named like an option | no traceback, exit 2 | faults/test_fresh_eyes.py::test_a_file_that_is_named_like_an_option
weights that are not here | one sentence, never random ones | test_app_cli.py::test_weights_that_are_not_here_are_one_sentence
doctor on a broken installation | finds it, exit code told | test_app_infocommands.py::test_doctor_finds_what_is_broken
""",
    ),
]


def tests_of(path: Path) -> set[str]:
    "The names of the tests in a file"
    return set(re.findall(r'^def (test_\w+)', path.read_text(encoding='utf-8'), re.M))


def absent() -> list[str]:
    "Tests that are named and not there"
    return [
        f.test
        for f in FAULTS
        if not (ROOT / 'tests' / (file := f.test.partition('::'))[0]).is_file()
        or file[2].partition('[')[0] not in tests_of(ROOT / 'tests' / file[0])
    ]


def kept(name: str) -> dict:
    "What a run of one of the programs here wrote down"
    path = Path(__file__).with_name(f'{name}.json')
    return json.loads(path.read_text(encoding='utf-8')) if path.exists() else {}


def starts_milvus(test: str) -> bool:
    "Whether the lines of a test, tests/file::name, speak of Milvus"
    file, name = test.split('::')
    lines = (ROOT / file).read_text(encoding='utf-8').partition(f'\ndef {name.partition("[")[0]}(')[2]
    return 'milvus' in lines.partition('\ndef ')[0]


def words_for(named: list[str], now: dict, before: dict, flags: str, head: str) -> dict[str, str]:
    "What the table says of each test: a run that skips one wipes out neither what a run with its flag saw nor a failure"
    words = {}
    for name in (n.removeprefix('tests/') for n in named):
        words[name] = now.get(name, 'skipped')
        if words[name] == 'passed' and flags:
            words[name] = f'passed at {head}'
        if words[name] == 'skipped' and before.get(name, '').startswith(('passed at', 'failed', 'error')):
            words[name] = before[name]
    return words


def run(only: str = '', flags: str = '', part: str = '1/1') -> dict:
    "Every test whose name holds `only`, or a part of them, once: what came of each, beside what was seen before"
    number, of = map(int, part.split('/'))
    named = sorted({f'tests/{f.test}' for f in FAULTS if only in f.test})[number - 1 :: of]
    line = [sys.executable, '-m', 'pytest', '-q', '-rA', '--tb=short', '--inputs', '2000', '--flags', flags]
    start, head = time.monotonic(), commit('tests', 'nbs', ':!nbs/testing/*.md')
    said = ''
    # the server of Milvus Lite leaves threads behind that the forks of other tests do not all survive
    for group in ([n for n in named if not starts_milvus(n)], [n for n in named if starts_milvus(n)]):
        if group:
            done = subprocess.run([*line, *group], cwd=ROOT, capture_output=True, text=True)
            said += done.stdout
            if done.returncode:  # how it failed stands before what each test printed
                print(done.stdout[max(0, done.stdout.find('= FAILURES =')) :][:20000], end='')
    now = {
        name: word.lower() for word, name in re.findall(r'^(PASSED|FAILED|ERROR) tests/(.+?)(?: - .*)?$', said, re.M)
    }
    here, before = {f.test for f in FAULTS}, kept('seen')
    counts = dict(before.get('counted', {}))
    for name, what in re.findall(r'^counted by (\S+): (.+)$', said, re.M):
        counts[name] = dict(said=what, date=f'{datetime.now(UTC):%F %H:%M}', commit=head)
    seen = before.get('tests', {}) | words_for(named, now, before.get('tests', {}), flags, head)
    words = [only] * bool(only) + ['--flags', flags] * bool(flags) + ['--part', part] * (of > 1)
    how = dict(command=' '.join(['faults.py --run', *words]))
    how |= dict(date=f'{datetime.now(UTC):%F %H:%M}', device=device(), seconds=round(time.monotonic() - start))
    how |= dict(commit=head)
    how |= {word: sum(w == word for w in now.values()) for word in ('passed', 'failed', 'error')}
    how |= dict(skipped=len(named) - sum(how[word] for word in ('passed', 'failed', 'error')))
    return dict(
        runs=[*before.get('runs', []), how][-8:],
        tests={name: word for name, word in sorted(seen.items()) if name in here},
        counted={name: what for name, what in sorted(counts.items()) if name in here},
    )


def commit(*places: str) -> str:
    "The commit whose code is tried; with a mark where the package or these places were changed since"
    git = ['git', '-C', str(ROOT)]
    head = subprocess.run([*git, 'describe', '--always', '--abbrev=10'], capture_output=True, text=True).stdout.strip()
    same = ['sketch_lvm', *places, ':!tests/faults/*.json']  # those are what the programs here write
    changed = subprocess.run([*git, 'diff', '--quiet', 'HEAD', '--', *same], capture_output=True).returncode
    return f'{head or "no commit"} with changes' if changed else head


def count(test: str, said: str) -> None:
    "In a test that a run of this table may start: have what it counted kept beside what came of it"
    print(f'\ncounted by {test}: {said}')


def device() -> str:
    "The machine in a few words"
    return f'{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}'


def table(head: str, lines: list[tuple]) -> str:
    "Rows as Markdown"
    names = [name.replace('_', ' ') for name in head.split()]
    text = [[str(x).replace('|', '\\|').replace('<', '&lt;') for x in line] for line in lines]
    return '\n'.join(f'| {" | ".join(x)} |' for x in [names, ['---'] * len(names), *text])


def page() -> str:
    "The page of this table"
    seen = kept('seen').get('tests', {})
    parts = [
        """---
title: Faults
description: What can go wrong, what must happen then, and the test that shows it.
---

Written by `python tests/faults/faults.py`; do not edit. *Seen* is what the last `faults.py --run` saw: a test that is skipped runs with `--flags slow`, or needs what that machine lacked; *passed at* names the commit at which a run with that flag saw it. Numbers of inputs, files and mutants below are those that were really run. What no test shows: power loss, Windows, a GPU that fails."""
    ]
    for group in dict.fromkeys(f.group for f in FAULTS):
        lines = [(f.fault, f.expected, seen.get(f.test, 'not run'), f'`{f.test}`') for f in FAULTS if f.group == group]
        parts += [f'## {group[0].upper()}{group[1:]}', table('fault expected seen test', lines)]
    for title, said, head, lines in (
        ('Runs', RUNS, 'date command passed failed error skipped seconds device commit', run_lines()),
        ('Counted by tests', COUNTED, 'test counted date commit', counted_lines()),
        ('Damaged input', FUZZED, 'what inputs seed refused crashes date commit', fuzz_lines()),
        ('Damage inside pictures', DAMAGED, 'pictures format damage files quick read close silent', damage_lines()),
        ('Mutants at the first try', FIRST, 'mutants caught_at_first caught_by_later_tests equivalent', first_lines()),
        ('Mutants', f'{MUTANTS} {mutants_counted()}', 'place change seen by', mutant_lines()),
    ):
        if lines:
            parts += [f'## {title}', said, table(head, lines)]
        if title == 'Damage inside pictures':
            parts += ['\n'.join(damage_runs())]
    return '\n\n'.join(parts) + '\n'


def run_lines() -> list[tuple]:
    "A line for each of the last runs of this table"
    names = 'date command passed failed error skipped seconds device'.split()
    return [(*(r[n] for n in names), r.get('commit', 'not noted')) for r in kept('seen').get('runs', [])]


def counted_lines() -> list[tuple]:
    "A line for each test that counted something in its last run"
    return [(f'`{name}`', x['said'], x['date'], x['commit']) for name, x in kept('seen').get('counted', {}).items()]


def fuzz_lines() -> list[tuple]:
    "A line for each kind of input"
    names = 'inputs seed refused crashes'.split()
    return [
        (k, *(f'{v[n]:,}' for n in names), v.get('date', ''), v.get('commit', 'not noted'))
        for k, v in kept('fuzzed').items()
    ]


def damage_lines() -> list[tuple]:
    "A line for each format and kind of damage: how many of the files each look saw"
    out = []
    for pictures, formats in kept('damage').items():
        for name, found in formats.items():
            for kind, n in found['kinds'].items():
                shares = [f'{100 * n[look] / n["files"]:.0f} %' if n['files'] else '-' for look in LOOKS]
                out.append((pictures, name, kind, n['files'], *shares))
    return out


def damage_runs() -> list[str]:
    "A line for each kind of pictures: how they were damaged, and when"
    out: dict[str, list[str]] = {}
    for pictures, formats in kept('damage').items():
        for name, found in formats.items():
            of = f'{found["originals"]} pictures' if 'originals' in found else 'pictures (how many was not noted)'
            how = f'`python tests/faults/{found["command"]}`' if 'command' in found else f'seed {found["seed"]}'
            said = f'{of}, {found["count"]:,} damaged files of each format, {how}, {found["date"]}'
            out.setdefault(f'- {pictures}: {said}', []).append(name)
    return [f'{said} ({"; ".join(names)})' for said, names in out.items()]


LOOKS = ('quick', 'read', 'close', 'silent')


def mutants_counted() -> str:
    "How many mutants were really run, and what came of them"
    all_of = kept('mutants') or []
    seen = [m['seen'] for m in all_of]
    counts = ', '.join(f'{seen.count(word)} {word}' for word in ('caught', 'survived', 'equivalent'))
    return f'As they are now: {len(seen)} tried; {counts}.'


def first_lines() -> list[tuple]:
    "A line for each way in which mutants were chosen: what the tests that were there caught at the first try"
    out, drawn = [], {}
    for m in kept('mutants') or []:
        drawn.setdefault(m.get('seed'), []).append(m)
    for seed, of in sorted(drawn.items(), key=lambda x: (x[0] is None, x[0])):
        caught = sum(m['seen'] == 'caught' and 'first' not in m for m in of)
        alike = sum(m['seen'] == 'equivalent' for m in of)
        rate = f'{caught} of {len(of)} ({100 * caught / len(of):.0f} %)'
        what = f'drawn by seed {seed}' if seed is not None else 'named by a review, each with a test written for it'
        later = sum(m['seen'] == 'caught' and 'first' in m for m in of)
        out.append((what, rate if seed is not None else 'not noted', later, alike))
    return out


def mutant_lines() -> list[tuple]:
    "A line for each mutant"
    return [(m['place'], f"`{m['old']}` to `{m['new']}`", m['seen'], m.get('by', '')) for m in kept('mutants') or []]


RUNS = "`python tests/faults/faults.py --run` runs the tests of this page; `--flags slow` those that take long, too."
COUNTED = """How many of the processes that were to be killed really died so: a kill by the clock may come after the end. What a test counted stands here since its last run that said so."""
DAMAGED = """`python tests/faults/damage.py --keep TITLE` writes these lines: files with one thing done to them, and how many of them each look refuses. *Quick* is the scan that every data set goes through, *read* is decoding, *close* is `datasets verify --decode`. *Silent* are files that pass the close look with other pixels than before: what nobody can know."""
FUZZED = """`python tests/faults/fuzz.py TARGET --seed SEED --count INPUTS --keep` writes a line. An input is a function of its target, seed and number; what once got through is kept by its bytes, since other generators make other inputs. The judge counts exceptions, answers that break their own rules, five seconds of the processor and 256 MB of memory. Refusals of archives are part of each try and not counted; pad and app answer. The file `fuzzed.json` also holds the machine and the seconds."""
FIRST = """How much the tests see that nobody wrote for the mutant at hand: this is the number that says something about changes nobody has tried. Mutants that survived got tests of their own, which the column after it counts; that those are caught now says that the tests were written, no more. Some tests written for the survivors of one draw were there before the rest of it, and the next, were tried. Whether an equivalent one is none was argued, not proved."""
MUTANTS = """`make mutants` changes one place of a copy at a time and runs the tests of its room. A change that no test notices is *survived*; one that leaves the meaning alone is *equivalent*, and the reason stands beside it. What survived got a test, and was tried again (`mutants.py --again`)."""


if __name__ == '__main__':
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--run', nargs='?', const='', metavar='WORD', help='run the named tests first, or those with a WORD')
    p.add_argument('--flags', default='', help='also run what these flags mark: slow')
    p.add_argument('--part', default='1/1', help='every so manieth of the tests alone: 1/2, then 2/2')
    asked = p.parse_args()
    if asked.run is not None:
        SEEN.write_text(json.dumps(run(asked.run, asked.flags, asked.part), indent=1) + '\n', encoding='utf-8')
    PAGE.write_text(page(), encoding='utf-8')
    print(f'{len(FAULTS)} faults, {len({f.test for f in FAULTS})} tests: {PAGE}')
