<?php
// What a PHP client makes of the three formats, with PHP's own readers: each must give the same texts.
require __DIR__ . '/client.php';

$read = function ($suffix) use ($world) {
    $ch = curl_init(BASE . '/tags/' . $world['tagid'] . ".$suffix?&apikey=" . KEY);
    curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
    return curl_exec($ch);
};
$xml = array();
foreach (simplexml_load_string($read('xml')) as $name => $value) {
    $xml[$name] = (string) $value === '' ? null : (string) $value;
}
echo json_encode(array(
    'json' => json_decode($read('json'), true)['response'],
    'xml' => $xml,
    'yaml' => yaml_parse($read('yaml'))['response'],
));
