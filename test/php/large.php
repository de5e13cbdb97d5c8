<?php
// A large body: cURL asks with `Expect: 100-continue` before it sends one.
require __DIR__ . '/client.php';

$data = base64_encode(str_repeat('0123456789abcdef', 131072));
$expect = array('Expect: 100-continue');
echo json_encode(array(
    'multipart' => post('/files', array('name' => 'large.bin', 'type' => 'application/octet-stream', 'data' => $data), $expect),
    'urlencoded' => custom('POST', '/files', array('name' => 'large.bin', 'type' => 'application/octet-stream', 'data' => $data), $expect),
));
